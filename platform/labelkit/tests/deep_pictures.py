"""Files of more than 8 bits that Pillow cannot write."""

import struct
import zlib

import numpy as np


def png16(values: np.ndarray, *, clear: tuple[int, ...] = (), interlaced: bool = False) -> bytes:
    """A PNG of (h, w) or (h, w, 2, 3 or 4) values of 16 bits, every kind of filter in turn; `clear` is transparent."""
    planes = values if values.ndim == 3 else values[..., None]
    height, width, channels = planes.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    raw = b"".join(_filtered(planes[top::down, left::right]) for top, left, down, right in passes)
    head = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, int(interlaced))
    chunks = [(b"IHDR", head)]
    if clear:
        chunks.append((b"tRNS", struct.pack(f">{len(clear)}H", *clear)))
    packed = zlib.compress(raw)
    chunks += [(b"IDAT", packed[:20]), (b"IDAT", packed[20:]), (b"IEND", b"")]
    encoded = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(encoded)


def _filtered(planes: np.ndarray) -> bytes:
    height, width, channels = planes.shape
    if not height or not width:
        return b""
    step = channels * 2
    lines = np.ascontiguousarray(planes.astype(">u2")).view(np.uint8).reshape(height, width * step).astype(int)
    above = np.zeros(width * step, dtype=int)
    out = b""
    for number, line in enumerate(lines):
        left = np.concatenate([np.zeros(step, dtype=int), line[:-step]])
        corner = np.concatenate([np.zeros(step, dtype=int), above[:-step]])
        guess = left + above - corner
        far = [np.abs(guess - neighbor) for neighbor in (left, above, corner)]
        paeth = np.where((far[0] <= far[1]) & (far[0] <= far[2]), left, np.where(far[1] <= far[2], above, corner))
        predicted = [0 * line, left, above, (left + above) // 2, paeth][number % 5]
        out += bytes([number % 5]) + ((line - predicted) % 256).astype(np.uint8).tobytes()
        above = line
    return out


def tiff(values: np.ndarray, *, photometric: int | None = None, order: str = "<") -> bytes:
    """An uncompressed TIFF of (h, w) or (h, w, 3) values of any type."""
    planes = values if values.ndim == 3 else values[..., None]
    height, width, channels = planes.shape
    data = planes.astype(planes.dtype.newbyteorder(order)).tobytes()
    bits, sort = planes.dtype.itemsize * 8, {"u": 1, "i": 2, "f": 3}[planes.dtype.kind]
    kind = photometric if photometric is not None else (2 if channels == 3 else 1)
    shared = struct.pack(f"{order}{channels}H", *[bits] * channels) + struct.pack(
        f"{order}{channels}H", *[sort] * channels
    )
    at = 8 + len(data)
    per = [(258, bits), (339, sort)] if channels == 1 else [(258, at), (339, at + 2 * channels)]
    tags = sorted(
        [
            (256, 4, 1, width), (257, 4, 1, height), (258, 3, channels, per[0][1]), (259, 3, 1, 1), (262, 3, 1, kind),
            (273, 4, 1, 8), (277, 3, 1, channels), (278, 4, 1, height), (279, 4, 1, len(data)),
            (339, 3, channels, per[1][1]),
        ]
    )  # fmt: skip
    directory = struct.pack(f"{order}H", len(tags))
    for tag, sort, count, value in tags:
        short = sort == 3 and count == 1
        directory += struct.pack(f"{order}HHI", tag, sort, count)
        directory += struct.pack(f"{order}HH", value, 0) if short else struct.pack(f"{order}I", value)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", at + len(shared)) + data + shared + directory + b"\0\0\0\0"
