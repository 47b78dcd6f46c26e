"""Each wall of the sandbox, run against; and that it says what it does not have."""

import io
import os
import time
from pathlib import Path

import numpy as np
import pytest

from plateau.sandbox import process, wire
from plateau.sandbox.process import OnnxSession, SandboxedProcess, SandboxError, call

HERE = "plateau.sandbox.tests.attacks"


def attack(name: str, *, read=(), write=(), file_bytes=0, memory=4 * process.GIB, seconds=30.0, **arguments):
    return call(
        f"{HERE}:{name}", arguments, read=read, write=write, file_bytes=file_bytes, memory=memory, seconds=seconds
    )


@pytest.fixture(scope="module")
def walls() -> dict[str, bool]:
    with SandboxedProcess() as sandbox:
        return sandbox.enforced


def need(walls: dict[str, bool], name: str) -> None:
    if not walls[name]:
        pytest.skip(f"this kernel does not enforce {name}")


def test_files_of_others_are_out_of_reach(walls, tmp_path):
    need(walls, "files")
    secret = tmp_path / "secret"
    secret.write_text("x")
    inside = tmp_path / "model"
    inside.mkdir()
    (inside / "weights").write_text("w")
    assert attack("read", path=str(inside / "weights"), read=[inside]) == "done"
    for path in (
        secret,
        Path("/etc/passwd"),
        Path("/proc/1/environ"),
        process.ROOT / "Makefile",
        inside / ".." / "secret",
    ):
        assert attack("read", path=str(path), read=[inside]) == "PermissionError", path
    assert attack("listed", path=str(tmp_path), read=[inside]) == "PermissionError"
    assert attack("write", path=str(inside / "new"), read=[inside]) in ("PermissionError", "OSError")
    (inside / "way").symlink_to(secret)
    assert attack("read", path=str(inside / "way"), read=[inside]) == "PermissionError"


def test_only_the_named_folder_is_written_and_only_so_much(walls, tmp_path):
    need(walls, "files")
    out = tmp_path / "out"
    out.mkdir()
    assert attack("write", path=str(out / "a"), write=[out], file_bytes=1000) == "done"
    assert attack("write", path=str(tmp_path / "b"), write=[out], file_bytes=1000) == "PermissionError"
    assert attack("write", path=str(out / "c"), size=2000, write=[out], file_bytes=1000) == "OSError"


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_there_is_no_network(walls, family):
    need(walls, "network")
    assert attack("talk", family=family) == "PermissionError"


def test_no_program_is_started_no_process_hit_or_looked_into(walls):
    need(walls, "programs")
    assert attack("program") == "PermissionError"
    assert attack("look_into", pid=os.getpid()) == "refused"
    need(walls, "signals")
    assert attack("hit", pid=os.getpid()) == "PermissionError"


def test_nothing_of_our_environment_is_known_there(monkeypatch):
    monkeypatch.setenv("SOME_SECRET", "x")
    names = attack("environment")
    assert not {"SOME_SECRET", "SECRET_KEY", "DATABASE_URL", "REDIS_URL"} & set(names)


def test_it_has_none_of_roots_powers(walls):
    need(walls, "privileges")
    assert attack("powers").split()[1].strip("0") == ""


def test_memory_is_bounded():
    with pytest.raises(SandboxError) as refused:
        attack("eat", gigabytes=8)
    assert refused.value.kind in ("MemoryError", "Ended")


def test_who_takes_too_long_is_ended():
    begun = time.monotonic()
    with pytest.raises(SandboxError, match="longer than 2 seconds"):
        call(f"{HERE}:sleep", {"seconds": 60}, seconds=2)
    assert time.monotonic() - begun < 20


def test_a_crash_there_is_an_error_here():
    with pytest.raises(SandboxError, match="ended unexpectedly"):
        attack("crash")


def test_what_a_library_prints_is_no_answer():
    assert attack("shout") == "said"


def test_a_message_that_lies_about_its_arrays_is_refused():
    for header in ({"arrays": [{"name": "a", "dtype": "object", "shape": [1]}]},
                   {"arrays": [{"name": "a", "dtype": "float32", "shape": [2**40]}]},
                   {"arrays": [{"name": "a", "dtype": "float32", "shape": [-1]}]},
                   {"arrays": 7}, {}):  # fmt: skip
        import json
        import struct

        data = json.dumps(header).encode()
        with pytest.raises(wire.WireError):
            wire.receive(io.BytesIO(struct.pack("=Q", len(data)) + data + b"\x00" * 8))


@pytest.fixture
def graph(tmp_path) -> Path:
    """y = 2x."""
    import onnx
    from onnx import TensorProto, helper

    two = helper.make_tensor("two", TensorProto.FLOAT, [1], [2.0])
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])
    built = helper.make_graph([helper.make_node("Mul", ["x", "two"], ["y"])], "g", [x], [y], [two])
    folder = tmp_path / "model"
    folder.mkdir()
    model = helper.make_model(built, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save_model(model, str(folder / "model.onnx"))
    return folder / "model.onnx"


def test_a_graph_answers_as_if_it_were_here_and_comes_back_after_it_was_ended(graph):
    session = OnnxSession(graph, graph.parent)
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert (session.inputs, session.outputs) == (["x"], ["y"])
    np.testing.assert_array_equal(session.run(None, {"x": x})[0], x * 2)
    with pytest.raises(SandboxError):
        session.run(None, {"x": x.astype(np.float64)})
    session._process._process.kill()
    session._process._process.wait()
    np.testing.assert_array_equal(session.run(None, {"x": x})[0], x * 2)
    session.close()


def test_where_the_kernel_enforces_too_little_require_refuses(settings, monkeypatch):
    settings.SANDBOX = "require"
    monkeypatch.setattr(process, "NEEDED", (*process.NEEDED, "a wall that no kernel has"))
    with pytest.raises(SandboxError, match="a wall that no kernel has"):
        SandboxedProcess()
