"""The sealed split: near-duplicates found, groups drawn. Pure numpy; no Django."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# Root mean square difference, in grey levels of 0–255, of two 16×16 fingerprints. Copies of photographs lie
# below 1, the nearest different pictures of the demo at 6.6 and 8.6 (docs/decisions/0002).
SAME_PICTURE_RMSE = 4.0
_BLOCK = 1024  # rows at a time
_PAIRS = 65_536  # candidates measured at a time: memory stays flat
_SAMPLE = 20_000
_DIRECTIONS = 8
_SLACK = 0.05  # more than single precision loses in a projection


def near_pairs(new: NDArray[np.uint8], old: NDArray[np.uint8], *, rmse: float) -> Iterator[tuple[int, int]]:
    """Index pairs (in `new`, in `old`) of fingerprints that show the same picture.

    Args:
        new: (n, d) grey values.
        old: (m, d) grey values.
        rmse: Largest root mean square difference that counts as the same.

    Exact, and not n·m: projecting on orthonormal directions never takes two points further apart, so whatever is near
    is near in the few directions in which the fingerprints differ most. A k-d tree finds candidates there (Bentley
    1975, "Multidimensional binary search trees used for associative searching"); each is then measured whole.
    """
    from scipy.spatial import cKDTree  # takes a moment to load

    if not len(new) or not len(old):
        return
    limit = rmse * rmse * new.shape[1]
    directions = _directions(old)
    tree = cKDTree(old @ directions)
    for begin in range(0, len(new), _BLOCK):
        left = new[begin : begin + _BLOCK]
        found = tree.query_ball_point(left @ directions, limit**0.5 + _SLACK, return_sorted=False)
        rows = np.repeat(np.arange(len(left)), [len(one) for one in found])
        columns = np.fromiter((index for one in found for index in one), np.int64, count=len(rows))
        for start in range(0, len(rows), _PAIRS):
            part = slice(start, start + _PAIRS)
            apart = left[rows[part]].astype(np.int32) - old[columns[part]]
            same = np.flatnonzero((apart * apart).sum(axis=1) <= limit)
            yield from zip((begin + rows[part][same]).tolist(), columns[part][same].tolist(), strict=True)


def _directions(points: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(d, 8) orthonormal directions in which the points differ most, found on at most 20,000 of them."""
    some = points[:: max(1, len(points) // _SAMPLE)].astype(np.float64)
    some -= some.mean(axis=0)
    _, vectors = np.linalg.eigh(some.T @ some)
    return vectors[:, -_DIRECTIONS:].astype(np.float32)


def text_fingerprint(text: str) -> bytes:
    """256 bytes of a text, alike for texts that share nearly all their trigrams.

    Square roots of the shares of character trigrams, hashed into 256 cells and stretched to length 255: fingerprints
    within `SAME_PICTURE_RMSE` of each other are those whose shares have a Bhattacharyya coefficient of at least .968.
    Case, spaces and line ends do not count.
    """
    plain = f" {' '.join(text.lower().split())} "
    counts = np.zeros(256)
    for place in range(max(1, len(plain) - 2)):
        counts[crc32(plain[place : place + 3].encode()) % 256] += 1
    return bytes(np.rint(255 * np.sqrt(counts / counts.sum())).astype(np.uint8))


def exact_fingerprint(data: bytes) -> bytes:
    """256 bytes that are far from those of any other data."""
    return hashlib.shake_256(data).digest(256)


@dataclass(frozen=True)
class Member:
    """An item with its picture; `side` and `group` are known where it was drawn before."""

    item_id: int
    sha256: str
    fingerprint: bytes
    side: str = ""
    group: int = 0


def draw(key: str, sha256: str, *, share: float) -> str:
    """`sealed` with probability `share`, decided by the project's secret and the picture alone."""
    number = int.from_bytes(hmac.new(bytes.fromhex(key), sha256.encode(), hashlib.sha256).digest()[:8])
    return "sealed" if number < share * 2.0**64 else "train"


def assign(members: list[Member], *, key: str, share: float) -> list[Member]:
    """Sides for the members that have none yet; near-duplicates stand on one side.

    A group takes the side of a member that was drawn before. Where it would join both sides,
    its new members stand on `neither`.
    """
    known = [one for one in members if one.side]
    new = sorted((one for one in members if not one.side), key=lambda one: one.item_id)
    if not new:
        return []
    parent = list(range(len(new)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    fingerprints = _stack(new)
    for left, right in near_pairs(fingerprints, fingerprints, rmse=SAME_PICTURE_RMSE):
        parent[max(root(left), root(right))] = min(root(left), root(right))
    touching: dict[int, set[tuple[str, int]]] = {}
    if known:
        for left, right in near_pairs(fingerprints, _stack(known), rmse=SAME_PICTURE_RMSE):
            touching.setdefault(root(left), set()).add((known[right].side, known[right].group))
    sides = {index: _side(new[index], touching.get(index, set()), key, share) for index in set(map(root, parent))}
    return [Member(one.item_id, one.sha256, one.fingerprint, *sides[root(index)]) for index, one in enumerate(new)]


def _side(first: Member, touched: set[tuple[str, int]], key: str, share: float) -> tuple[str, int]:
    if not touched:
        return draw(key, first.sha256, share=share), first.item_id
    group = min(group for _, group in touched)
    sides = {side for side, _ in touched}
    return (sides.pop() if len(sides) == 1 else "neither"), group


def _stack(members: list[Member]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(one.fingerprint for one in members), dtype=np.uint8).reshape(len(members), -1)
