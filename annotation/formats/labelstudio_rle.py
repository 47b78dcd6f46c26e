"""The run-length code in which Label Studio keeps brush masks.

A stream of bits: 32 for the number of values, 5 for the width of a value less one, four times 4 for the widths
of run lengths less one; then pieces of one bit (1: a run of one value, 0: single values), 2 for which width the
length has, the length less one, and the value or values.
"""

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
_WIDTHS = (3, 6, 11, 16)


class _Bits:
    def __init__(self, data: bytes) -> None:
        self.text = np.unpackbits(np.frombuffer(data, dtype=np.uint8))
        self.at = 0

    def take(self, width: int) -> int:
        part = self.text[self.at : self.at + width]
        if len(part) < width:
            raise ValueError("the mask's code ends too soon")
        self.at += width
        return int("".join(map(str, part)), 2) if width else 0


def decode_rle(code: list[int]) -> Bytes:
    """The values.

    Raises:
        ValueError: the code ends too soon.
    """
    bits = _Bits(bytes(code))
    count, width = bits.take(32), bits.take(5) + 1
    widths = [bits.take(4) + 1 for _ in range(4)]
    if count > 4 * 100_000_000:
        raise ValueError("the mask is larger than 100 megapixels")
    values = np.zeros(count, dtype=np.uint8)
    at = 0
    while at < count:
        run = bits.take(1)
        end = at + 1 + bits.take(widths[bits.take(2)])
        if run:
            values[at:end] = bits.take(width)
        else:
            for place in range(at, min(end, count)):
                values[place] = bits.take(width)
        at = end
    return values


def encode_rle(values: Bytes) -> list[int]:
    """The code, with runs only: masks have long ones."""
    parts = [f"{len(values):032b}", f"{7:05b}", *(f"{width - 1:04b}" for width in _WIDTHS)]
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    starts = np.concatenate([[0], edges])
    ends = np.concatenate([edges, [len(values)]])
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        left, value = end - start, int(values[start])
        while left > 0:
            step = min(left, 1 << _WIDTHS[-1])
            kind = next(n for n, width in enumerate(_WIDTHS) if step <= 1 << width)
            parts.append(f"1{kind:02b}{step - 1:0{_WIDTHS[kind]}b}{value:08b}")
            left -= step
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return np.packbits(np.frombuffer(text.encode(), dtype=np.uint8) - 48).tolist()
