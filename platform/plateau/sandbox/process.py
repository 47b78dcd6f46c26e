"""Our side: start a confined process, ask it, end it when it takes too long or too much."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from plateau.sandbox import wire

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60.0
GIB = 1024**3
NEEDED = ("files", "network", "programs", "memory", "privileges")
logger = logging.getLogger(__name__)
_warned_about: set[str] = set()


class SandboxError(Exception):
    """The confined process refused, failed or was ended; the message is fit for people. `kind`: its exception's."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class SandboxedProcess:
    """A confined process. Safe to ask from several threads, one after the other; ends with its object."""

    def __init__(
        self,
        *,
        read: Sequence[Path] = (),
        write: Sequence[Path] = (),
        memory: int = 6 * GIB,
        file_bytes: int = 0,
        threads: int = 1,
    ) -> None:
        """Start it.

        Raises:
            SandboxError: it did not start, or this kernel enforces too little and `SANDBOX` is `require`.
        """
        limits = {
            "read": [str(path.resolve()) for path in read],
            "write": [str(path.resolve()) for path in write],
            "memory": memory,
            "file_bytes": file_bytes,
        }
        # Nothing of our environment: no address of the database, no key.
        env = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": str(threads),
            "MKL_NUM_THREADS": str(threads),
            "OMP_WAIT_POLICY": "PASSIVE",
            "NUMBA_DISABLE_JIT": os.environ.get("NUMBA_DISABLE_JIT", "0"),
        }
        for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # which arithmetic this processor can be trusted with
            if name in os.environ:
                env[name] = os.environ[name]
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "plateau.sandbox.child", json.dumps(limits)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd="/",
        )  # fmt: skip
        try:
            self.enforced: dict[str, bool] = self._exchange(None, {}, START_SECONDS)[0]["enforced"]
            self._hold(self.enforced)
        except BaseException:
            self.close()
            raise

    def _hold(self, enforced: dict[str, bool]) -> None:
        missing = sorted(name for name in NEEDED if not enforced.get(name))
        if missing and settings.SANDBOX == "require":
            raise SandboxError(f"This kernel does not enforce: {', '.join(missing)}; SANDBOX=require refuses to go on.")
        key = ",".join(missing)
        if missing and key not in _warned_about:
            _warned_about.add(key)
            logger.warning("models of others run without: %s", key)

    def ask(
        self, header: dict[str, Any], arrays: wire.Arrays | None = None, *, seconds: float = 60
    ) -> tuple[dict[str, Any], wire.Arrays]:
        """Send a command and wait for its answer.

        Raises:
            SandboxError: it failed, ended, or took longer than `seconds`: then it was ended.
        """
        reply, outputs = self._exchange(header, arrays or {}, seconds)
        if "error" in reply:
            raise SandboxError(str(reply["error"])[:2000], str(reply.get("kind", ""))[:100])
        return reply, outputs

    def _exchange(
        self, header: dict[str, Any] | None, arrays: wire.Arrays, seconds: float
    ) -> tuple[dict[str, Any], wire.Arrays]:
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        with self._lock:
            assert self._process.stdin is not None  # pipes, as asked for above
            assert self._process.stdout is not None
            watch = threading.Timer(seconds, end)
            watch.daemon = True
            watch.start()
            try:
                if header is not None:
                    wire.send(self._process.stdin, header, arrays)
                return wire.receive(self._process.stdout)
            except (wire.WireError, OSError, ValueError) as error:
                if late.is_set():
                    raise SandboxError(f"It took longer than {seconds:.0f} seconds and was ended.", "Late") from error
                code = self._process.poll()
                raise SandboxError(f"It ended unexpectedly ({code}): too much memory, or a fault.", "Ended") from error
            finally:
                watch.cancel()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_process") and self._process.poll() is None:
            self._process.kill()


def call(
    function: str,
    arguments: Mapping[str, object],
    *,
    read: Sequence[Path] = (),
    write: Sequence[Path] = (),
    file_bytes: int = 0,
    memory: int = 6 * GIB,
    seconds: float = 120,
) -> Any:
    """Run `module:function` of ours, once, on files of others; what it returns must be JSON.

    Raises:
        SandboxError: it raised, was ended, or took too long.
    """
    with SandboxedProcess(read=read, write=write, file_bytes=file_bytes, memory=memory) as process:
        reply, _ = process.ask({"do": "call", "function": function, "arguments": arguments}, seconds=seconds)
        return reply["result"]


class OnnxSession:
    """A graph (ONNX) that is open in a confined process; started again where it was ended."""

    def __init__(self, graph: Path, folder: Path, *, threads: int = 1, seconds: float = 60) -> None:
        """Open it. `folder`: what the graph may read, its weights among them.

        Raises:
            SandboxError: it cannot be opened.
        """
        self._graph, self._folder, self._threads, self._seconds = graph, folder, threads, seconds
        self._lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        self._process = SandboxedProcess(read=[self._folder], threads=self._threads)
        command = {"do": "open", "graph": str(self._graph.resolve()), "threads": self._threads}
        try:
            reply, _ = self._process.ask(command, seconds=START_SECONDS)
        except SandboxError:
            self._process.close()
            raise
        self.inputs, self.input_shapes = _names_and_shapes(reply["inputs"])
        self.outputs, self.output_shapes = _names_and_shapes(reply["outputs"])

    def run(self, output_names: Sequence[str] | None, feeds: wire.Arrays) -> list[Any]:
        """The outputs of `output_names`, or all, in their order.

        Raises:
            SandboxError: the graph failed on this; the next call finds a fresh process where this one was ended.
        """
        names = list(output_names or self.outputs)
        with self._lock:
            if not self._process.alive:
                self._process.close()
                self._open()
            _, outputs = self._process.ask({"do": "run", "wanted": names}, feeds, seconds=self._seconds)
        if set(outputs) != set(names):
            raise SandboxError("The answer lacks outputs.", "Ended")
        return [outputs[name] for name in names]

    def close(self) -> None:
        """End its process."""
        self._process.close()


def _names_and_shapes(tensors: Sequence[dict[str, Any]]) -> tuple[list[str], list[tuple[int | None, ...]]]:
    return [str(tensor["name"]) for tensor in tensors], [tuple(tensor["shape"]) for tensor in tensors]
