"""How the two sides talk: a line of JSON, then the bytes of the arrays that it names. Nothing is unpickled."""

import json
import math
import struct
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
DTYPES = ("float32", "float64", "float16", "int64", "int32", "int8", "uint8", "bool")
MAX_HEADER = 64 * 1024 * 1024
MAX_ARRAY = 4 * 1024**3
_LENGTH = struct.Struct("=Q")


class WireError(Exception):
    """The other side ended, or said what nobody can understand."""


def send(pipe: IO[bytes], header: dict[str, Any], arrays: Arrays | None = None) -> None:
    """Write one message."""
    contiguous = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    message = header | {
        "arrays": [
            {"name": name, "dtype": array.dtype.name, "shape": array.shape} for name, array in contiguous.items()
        ]
    }
    data = json.dumps(message).encode()
    pipe.write(_LENGTH.pack(len(data)) + data)
    for array in contiguous.values():
        pipe.write(array.data.cast("B") if array.size else b"")
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, Any], Arrays]:
    """Read one message.

    Raises:
        WireError: the pipe ended within it, or it is none.
    """
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    if length > MAX_HEADER:
        raise WireError("too long")
    try:
        header = json.loads(_exactly(pipe, length))
        specs = [
            (str(spec["name"]), str(spec["dtype"]), [int(size) for size in spec["shape"]]) for spec in header["arrays"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WireError(f"no message: {error}") from error
    arrays: Arrays = {}
    for name, dtype, shape in specs:
        if dtype not in DTYPES or any(n < 0 for n in shape) or len(shape) > 16:
            raise WireError(f"no array: {dtype} {shape}")
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if size > MAX_ARRAY:
            raise WireError(f"too large: {shape}")
        arrays[name] = np.frombuffer(_exactly(pipe, size), dtype=dtype).reshape(shape)
    return header, arrays


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size) if size else b""
    if len(data) != size:
        raise WireError("the other side ended")
    return data
