"""The sealed split: near-duplicates found, groups drawn. Pure numpy; no Django."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# Limits in grey levels of 0–255 between two 16×16 fingerprints; docs/decisions/0002 has what they were measured on.
# No pair is near beyond SAME_PICTURE_RMSE. What is left after brightness and contrast were matched may be at most
# _REST, or so much of the picture's own contrast, and must lie evenly over the picture: a copy is a little wrong
# everywhere, another picture of the same scene or form is wrong in one place.
SAME_PICTURE_RMSE = 4.0
SAME_TEXT_RMSE = 2.0
_REST, _REST_OF_HIGH_CONTRAST, _REST_OF_CONTRAST = 1.5, 0.05, 0.4
_ROUNDING, _ROUNDING_MOST = 0.65, 2.0  # what rounding to whole grey levels alone does: on average, in one cell
# Largest difference in one cell, in root mean squares of all, or in the picture's contrast where that is more: edges.
_PEAK, _PEAK_OF_CONTRAST = 4.3, 0.15
_GAIN = 0.8  # contrast of one in that of the other
# A group has at most this many different pictures, or this share of all items where that is more.
GROUP_MOST, GROUP_SHARE = 20, 0.02
_BLOCK = 1024  # rows at a time
_PAIRS = 16_384  # candidates measured at a time: memory stays flat
_NEAREST = 256  # candidates for a picture: the search takes as long where all look alike
_SAMPLE = 20_000
_DIRECTIONS = 8
_SLACK = 0.05  # more than single precision loses in a projection


@dataclass(frozen=True)
class Pairs:
    """Near pairs: row i of `left` and of `right` are `distance` apart (grey levels)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    distance: NDArray[np.float64]

    @classmethod
    def none(cls) -> Self:
        """No pairs."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def same_pictures(new: NDArray[np.uint8], old: NDArray[np.uint8]) -> Pairs:
    """Pairs (row of `new`, row of `old`) of fingerprints of which one picture is a copy of the other.

    Copies by JPEG compression, in another size, or a little brighter are found; pictures of one material, form or
    scene that differ in one place, or in their grain, are not. Of every picture the 256 nearest are looked at, by a k-d
    tree over the eight directions in which the matched pictures differ most (Bentley 1975, "Multidimensional binary
    search trees used for associative searching"), so that n pictures take n·log n whatever they show.

    Args:
        new: (n, d) grey values.
        old: (m, d) grey values.
    """
    from scipy.spatial import cKDTree  # takes a moment to load

    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    if len(new) and len(old):
        (means, scales), (old_means, old_scales) = _mean_and_contrast(new), _mean_and_contrast(old)
        directions = _directions(_matched(old[_some(len(old))], *_mean_and_contrast(old[_some(len(old))])))
        tree = cKDTree(_projected(old, old_means, old_scales, directions))
        radii = _most_rest(_GAIN * scales) / (_GAIN * scales) * new.shape[1] ** 0.5 + _SLACK
        order = np.argsort(radii, kind="stable")  # the radius is one for a whole block
        near = min(_NEAREST, len(old))
        for begin in range(0, len(new), _BLOCK):
            rows = order[begin : begin + _BLOCK]
            spots = _projected(new[rows], means[rows], scales[rows], directions)
            reach = float(radii[rows].max())
            _, columns = tree.query(spots, k=list(range(1, near + 1)), distance_upper_bound=reach)
            left, right = np.repeat(rows, near), columns.reshape(-1)
            left, right = left[right < len(old)], right[right < len(old)]
            for start in range(0, len(left), _PAIRS):
                i, j = left[start : start + _PAIRS], right[start : start + _PAIRS]
                same, rest = _copies(new[i], old[j], means[i], old_means[j], scales[i], old_scales[j])
                found.append((i[same], j[same], rest[same]))
    return _joined(found)


def same_texts(new: NDArray[np.uint8], old: NDArray[np.uint8]) -> Pairs:
    """The same for fingerprints of texts."""
    pairs = np.array(list(near_pairs(new, old, rmse=SAME_TEXT_RMSE)), dtype=np.int64).reshape(-1, 2)
    found = []
    for start in range(0, len(pairs), _PAIRS):
        i, j = pairs[start : start + _PAIRS].T
        apart = new[i].astype(np.float64) - old[j]
        found.append((i, j, np.sqrt((apart * apart).mean(axis=1))))
    return _joined(found)


Search = Callable[[NDArray[np.uint8], NDArray[np.uint8]], Pairs]


def _joined(found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]) -> Pairs:
    if not found:
        return Pairs.none()
    left, right, distance = (np.concatenate(column) for column in zip(*found, strict=True))
    return Pairs(left, right, distance)


def _some(count: int) -> slice:
    return slice(None, None, max(1, count // _SAMPLE))


def _mean_and_contrast(points: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each; a flat picture counts as one of contrast 1, or its noise would be all."""
    means, scales = np.empty(len(points)), np.empty(len(points))
    for begin in range(0, len(points), _BLOCK):
        part = points[begin : begin + _BLOCK]
        means[begin : begin + _BLOCK] = part.mean(axis=1)
        scales[begin : begin + _BLOCK] = np.maximum(part.std(axis=1), 1.0)
    return means, scales


def _matched(points: NDArray[np.uint8], means: NDArray[np.float64], scales: NDArray[np.float64]) -> NDArray[np.float32]:
    return ((points - means[:, None]) / scales[:, None]).astype(np.float32)


def _projected(
    points: NDArray[np.uint8],
    means: NDArray[np.float64],
    scales: NDArray[np.float64],
    directions: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(n, 8): where each matched picture lies in these directions."""
    made = np.empty((len(points), directions.shape[1]), np.float32)
    for begin in range(0, len(points), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        made[part] = _matched(points[part], means[part], scales[part]) @ directions
    return made


def _most_rest(contrast: NDArray[np.float64]) -> NDArray[np.float64]:
    most = np.minimum(np.maximum(_REST, _REST_OF_HIGH_CONTRAST * contrast), _REST_OF_CONTRAST * contrast)
    return np.maximum(most, _ROUNDING)


def _copies(
    one: NDArray[np.uint8],
    other: NDArray[np.uint8],
    one_mean: NDArray[np.float64],
    other_mean: NDArray[np.float64],
    one_scale: NDArray[np.float64],
    other_scale: NDArray[np.float64],
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which pairs of rows are copies, and how far each pair is apart once brightness and contrast are matched."""
    apart = one.astype(np.int32) - other
    raw = np.sqrt((apart * apart).mean(axis=1))
    contrast = np.minimum(one_scale, other_scale)
    rest = (_matched(one, one_mean, one_scale) - _matched(other, other_mean, other_scale)) * contrast[:, None]
    even = np.sqrt((rest * rest).mean(axis=1))
    peak = np.maximum(_ROUNDING_MOST, np.maximum(_PEAK * even, _PEAK_OF_CONTRAST * contrast))
    same = (
        (raw <= SAME_PICTURE_RMSE)
        & (np.abs(one_mean - other_mean) <= 1 + 0.25 * contrast)
        & (contrast >= _GAIN * np.maximum(one_scale, other_scale))
        & (even <= _most_rest(contrast))
        & (np.abs(rest).max(axis=1) <= peak)
    )
    return same, even.astype(np.float64)


def near_pairs(new: NDArray[np.uint8], old: NDArray[np.uint8], *, rmse: float) -> Iterator[tuple[int, int]]:
    """Index pairs (in `new`, in `old`) of fingerprints that lie near each other.

    Args:
        new: (n, d) grey values.
        old: (m, d) grey values.
        rmse: Largest root mean square difference that counts as the same.

    Exact, and not n·m: projecting on orthonormal directions never takes two points further apart, so whatever is near
    is near in the few directions in which the fingerprints differ most. A k-d tree finds candidates there (Bentley
    1975); each is then measured whole.
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


def _directions(points: NDArray[Any]) -> NDArray[np.float32]:
    """(d, 8) orthonormal directions in which the points differ most, found on at most 20,000 of them."""
    some = points[:: max(1, len(points) // _SAMPLE)].astype(np.float64)
    some -= some.mean(axis=0)
    _, vectors = np.linalg.eigh(some.T @ some)
    return vectors[:, -_DIRECTIONS:].astype(np.float32)


def text_fingerprint(text: str) -> bytes:
    """256 bytes of a text, alike for texts that share nearly all their trigrams.

    Square roots of the shares of character trigrams, hashed into 256 cells and stretched to length 255: fingerprints
    within `SAME_TEXT_RMSE` of each other are those whose shares have a Bhattacharyya coefficient of at least .992.
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
    """An item with its picture; `side` and `group` are known where it was drawn before.

    `likeness` is how others are found that are nearly the same: `picture`, `text`, or `none` for what is only the same
    where `sha256` is. The group is named by the item id of its first picture.
    """

    item_id: int
    sha256: str
    fingerprint: bytes
    side: str = ""
    group: int = 0
    likeness: str = "picture"


def draw(key: str, sha256: str, *, share: float) -> str:
    """`sealed` with probability `share`, decided by the project's secret and the picture alone."""
    number = int.from_bytes(hmac.new(bytes.fromhex(key), sha256.encode(), hashlib.sha256).digest()[:8])
    return "sealed" if number < share * 2.0**64 else "train"


def assign(members: list[Member], *, key: str, share: float) -> list[Member]:
    """Sides for the members that have none yet; near-duplicates stand on one side.

    Identical pictures are one and never separated, however many they are. Different pictures that are nearly the same
    form groups of at most `GROUP_MOST` or `GROUP_SHARE` of all members: each is near the group's first, so that no
    chain leads from one picture to quite another, and the nearest find each other first. Who is in which group follows
    from the pictures, not from the order in which they came.

    A picture joins the group of a first that was drawn before, while there is room. Where it would join both sides, it
    stands on `neither`.
    """
    known = [one for one in members if one.side]
    new = [one for one in members if not one.side]
    most = max(GROUP_MOST, int(GROUP_SHARE * len(members)))
    found = _sides_of_the_same(known)
    units: dict[str, list[Member]] = {}
    for one in sorted(new, key=lambda one: (one.sha256, one.item_id)):
        units.setdefault(one.sha256, []).append(one)
    for likeness, search in (("picture", same_pictures), ("text", same_texts), ("none", None)):
        firsts = [rows[0] for sha256, rows in units.items() if sha256 not in found and rows[0].likeness == likeness]
        if search is not None:
            found |= _joining(firsts, [one for one in known if one.likeness == likeness], most, search)
        rest = [one for one in firsts if one.sha256 not in found]
        for first, group in _grouped(rest, most, search):
            side = draw(key, first.sha256, share=share)
            found |= {one.sha256: (side, first.item_id) for one in group}
    return [replace(one, side=found[one.sha256][0], group=found[one.sha256][1]) for one in new]


def _sides_of_the_same(known: list[Member]) -> dict[str, tuple[str, int]]:
    """Where the very same pictures stand; `neither` where some do on one side, some on the other."""
    found: dict[str, tuple[str, int]] = {}
    for one in sorted(known, key=lambda one: one.item_id):
        side, group = found.setdefault(one.sha256, (one.side, one.group))
        if side != one.side:
            found[one.sha256] = ("neither", group)
    return found


def _joining(new: list[Member], known: list[Member], most: int, search: Search) -> dict[str, tuple[str, int]]:
    """New pictures that are near the first of groups drawn before, by hash: the nearest join while there is room."""
    firsts: dict[int, Member] = {}
    sizes: dict[int, set[str]] = {}
    for one in sorted(known, key=lambda one: (one.item_id != one.group, one.side == "neither", one.item_id)):
        firsts.setdefault(one.group, one)  # the smallest of the others, where the first was erased
        sizes.setdefault(one.group, set()).add(one.sha256)
    old = sorted(firsts.values(), key=lambda one: (one.sha256, one.item_id))
    pairs = search(_stack(new), _stack(old))
    touched: dict[int, list[Member]] = {}
    for index in np.lexsort((pairs.right, pairs.left, pairs.distance)):
        touched.setdefault(int(pairs.left[index]), []).append(old[int(pairs.right[index])])
    found: dict[str, tuple[str, int]] = {}
    for left, groups in touched.items():  # the nearest first
        open_ones = [one for one in groups if len(sizes[one.group]) < most]
        if not open_ones:
            continue
        group = open_ones[0].group
        sides = {one.side for one in open_ones}
        found[new[left].sha256] = (sides.pop() if len(sides) == 1 else "neither", group)
        sizes[group].add(new[left].sha256)
    return found


def _grouped(new: list[Member], most: int, search: Search | None) -> Iterator[tuple[Member, list[Member]]]:
    """Groups of new pictures, each with its first; `new` is in the order of the hashes."""
    first_of = list(range(len(new)))
    members: dict[int, list[int]] = {}  # of groups of more than one, by their first
    pairs = search(_stack(new), _stack(new)) if search is not None else Pairs.none()
    low, high = np.minimum(pairs.left, pairs.right), np.maximum(pairs.left, pairs.right)
    for index in np.lexsort((high, low, np.round(pairs.distance, 4))):
        one, other = int(low[index]), int(high[index])
        if one == other:
            continue
        lone = [first_of[at] == at and at not in members for at in (one, other)]
        if all(lone):
            members[one], first_of[other] = [one, other], one
        elif any(lone):
            inside, outside = (other, one) if lone[0] else (one, other)
            first = first_of[inside]
            if inside != first and len(members[first]) == 2:  # of two, either may be the first
                members[inside] = [inside, first]
                del members[first]
                first_of[first] = first_of[inside] = first = inside
            if inside == first and len(members[first]) < most:
                members[first].append(outside)
                first_of[outside] = first
    for at in range(len(new)):
        if first_of[at] == at:
            yield new[at], [new[row] for row in members.get(at, [at])]


def _stack(members: list[Member]) -> NDArray[np.uint8]:
    joined = b"".join(one.fingerprint for one in members)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(members), -1 if members else 256)
