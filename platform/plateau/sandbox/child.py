"""The confined side: `python -m plateau.sandbox.child`. It reads what it may do, gives the rest up, and answers.

Commands: `open` a graph (ONNX) and `run` it; `call` a function of ours on files of others. No Django, no settings.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from plateau.sandbox import wire
from plateau.sandbox.confine import confine


def _readable() -> list[Path]:
    """What Python itself needs: its libraries, this code, shared objects, a little of what the kernel tells."""
    root = Path(__file__).resolve().parents[3]  # its code alone: beside it `make up` keeps data
    code = [str(root / folder) for folder in ("platform", "annotation", "registry", "workers")]
    own = [sys.prefix, sys.base_prefix, *code]
    system = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/proc/cpuinfo",
              "/proc/meminfo", "/proc/self", "/sys/devices/system/cpu", "/dev/null", "/dev/urandom")  # fmt: skip
    return [Path(path) for path in (*own, *system)]


def _tensor(argument: Any) -> dict[str, object]:
    """Name and shape; a dimension that is not fixed is null."""
    shape = [size if isinstance(size, int) else None for size in argument.shape]
    return {"name": argument.name, "shape": shape}


class GraphSession:
    """The graph that was opened."""

    def __init__(self) -> None:
        self.session: Any = None

    def open(self, graph: str, threads: int) -> dict[str, Any]:
        """Load the graph; returns its inputs and outputs."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_mem_pattern = threads != 1
        self.session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return {
            "inputs": [_tensor(argument) for argument in self.session.get_inputs()],
            "outputs": [_tensor(argument) for argument in self.session.get_outputs()],
        }

    def run(self, output_names: list[str], feeds: wire.Arrays) -> wire.Arrays:
        """The outputs by name."""
        return dict(zip(output_names, self.session.run(output_names, feeds), strict=True))


def _answer(session: GraphSession, command: dict[str, Any], arrays: wire.Arrays) -> tuple[dict[str, Any], wire.Arrays]:
    if command["do"] == "open":
        return session.open(command["graph"], command["threads"]), {}
    if command["do"] == "run":
        return {}, session.run(command["wanted"], arrays)
    module, _, name = command["function"].partition(":")
    result = getattr(importlib.import_module(module), name)(**command["arguments"])
    if isinstance(result, tuple):
        return {"result": result[0]}, result[1]
    return {"result": result}, {}


def main() -> None:
    """Answer until the other side closes the pipe."""
    limits = json.loads(sys.argv[1])
    # Answers go out by a copy of the pipe: what a library prints to standard output must not look like one.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = sys.stdin.buffer
    enforced = confine(
        read=[*_readable(), *(Path(path) for path in limits["read"])],
        write=[Path(path) for path in limits["write"]],
        memory=limits["memory"],
        file_bytes=limits["file_bytes"],
    )
    sys.dont_write_bytecode = True
    wire.send(out, {"enforced": enforced})
    session = GraphSession()
    while True:
        try:
            command, arrays = wire.receive(source)
        except wire.WireError:
            return
        try:
            reply, outputs = _answer(session, command, arrays)
        except BaseException as error:
            kind = type(error).__name__
            wire.send(out, {"error": str(error)[:2000] or kind, "kind": kind})
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                return
            continue
        wire.send(out, reply, outputs)


if __name__ == "__main__":
    main()
