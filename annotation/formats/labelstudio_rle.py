"""The run-length code in which Label Studio keeps brush masks.

A stream of bits: 32 for the number of values, 5 for the width of a value less one, four times 4 for the widths
of run lengths less one; then pieces of one bit (1: a run of one value, 0: single values), 2 for which width the
length has, the length less one, and the value or values.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from labelkit.messages import Message

_WIDTHS = (3, 6, 11, 16)
_PARTS = 50_000  # pieces that are written as text before they are packed


class _Bits:
    def __init__(self, data: bytes) -> None:
        self.text = np.unpackbits(np.frombuffer(data, dtype=np.uint8))
        self.at = 0

    def take(self, width: int) -> int:
        part = self.text[self.at : self.at + width]
        if len(part) < width:
            raise ValueError("the mask's code is incomplete")
        self.at += width
        return int("".join(map(str, part)), 2) if width else 0


def _pieces(bits: _Bits, count: int, width: int) -> Iterator[tuple[int, int, int]]:
    """Where each run begins and ends, and its value."""
    widths = [bits.take(4) + 1 for _ in range(4)]
    at = 0
    while at < count:
        run = bits.take(1)
        end = min(at + 1 + bits.take(widths[bits.take(2)]), count)
        if run:
            yield at, end, bits.take(width)
        else:
            for index in range(at, end):
                yield index, index + 1, bits.take(width)
        at = end


def decode_mask(code: list[int], pixels: int) -> list[int]:
    """The runs of a mask of so many pixels, background first: set are those whose fourth value (of RGBA) is not 0.

    Raises:
        ValueError: the code ends too soon, or is of another number of pixels.
    """
    bits = _Bits(bytes(code))
    count, width = bits.take(32), bits.take(5) + 1
    if count != 4 * pixels:
        raise ValueError(
            Message("the mask has {mask_pixels:g} pixels, the image {pixels}", mask_pixels=count / 4, pixels=pixels)
        )
    runs = [0]
    for start, end, value in _pieces(bits, count, width):
        if more := end // 4 - start // 4:
            if (len(runs) % 2 == 0) != (value > 0):
                runs.append(0)
            runs[-1] += more
    return runs


def encode_mask(runs: list[int]) -> list[int]:
    """The code of the runs of a mask: four values of 255 for each pixel that is set."""
    return _encoded(((4 * pixels, 255 * (number % 2)) for number, pixels in enumerate(runs)), 4 * sum(runs))


def _encoded(pieces: Iterable[tuple[int, int]], count: int) -> list[int]:
    parts = [f"{count:032b}", f"{7:05b}", *(f"{width - 1:04b}" for width in _WIDTHS)]
    packed = bytearray()
    for length, value in pieces:
        if len(parts) > _PARTS:
            text = "".join(parts)
            whole = len(text) // 8 * 8
            packed += _packed(text[:whole])
            parts = [text[whole:]]
        remaining = length
        while remaining > 0:
            step = min(remaining, 1 << _WIDTHS[-1])
            kind = next(n for n, width in enumerate(_WIDTHS) if step <= 1 << width)
            parts.append(f"1{kind:02b}{step - 1:0{_WIDTHS[kind]}b}{value:08b}")
            remaining -= step
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    packed += _packed(text)
    return list(packed)


def _packed(bits: str) -> bytes:
    return np.packbits(np.frombuffer(bits.encode(), dtype=np.uint8) - 48).tobytes()
