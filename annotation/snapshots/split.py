"""The held-out test set: near-duplicates found, groups drawn. numpy and scipy alone."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# Limits in grey levels of 0–255 between two 16×16 fingerprints; docs/decisions/0002 has what they were measured on.
# No pair is near beyond SAME_PICTURE_RMSE. What is left after brightness and contrast were matched may be at most
# _RESIDUAL, or so much of the picture's own contrast, and must lie evenly over the picture: a copy is a little wrong
# everywhere, another picture of the same scene or form is wrong in one place.
SAME_PICTURE_RMSE = 4.0
SAME_TEXT_RMSE = 2.0
_RESIDUAL, _RESIDUAL_OF_HIGH_CONTRAST, _RESIDUAL_OF_CONTRAST = 1.5, 0.05, 0.4
_ROUNDING = 0.65  # what rounding to whole grey levels alone does
# Largest difference in one cell, in root mean squares of all, or in the picture's contrast where that is more: edges.
_PEAK, _PEAK_OF_CONTRAST = 4.3, 0.15
_GAIN = 0.8  # contrast of one in that of the other
# A group has at most this many items, or this share of all where that is more.
MAX_GROUP_ITEMS, MAX_GROUP_FRACTION = 20, 0.02
_BLOCK = 1024  # rows at a time
_PAIRS = 16_384  # candidates measured at a time
_NEAREST = 64  # candidates for a picture: the search takes as long, and as much memory, where all look alike
_SAMPLE = 20_000
_DIRECTIONS = 8
_SLACK = 0.05  # more than single precision and _JITTER lose in a projection
_JITTER = 1e-3

Prints = NDArray[np.uint8]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Near pairs: row i of `left` and of `right` are `distance` apart (grey levels)."""

    left: Rows
    right: Rows
    distance: NDArray[np.float32]


Search = Callable[[Prints, Prints], Pairs]


def same_pictures(new: Prints, old: Prints) -> Pairs:
    """Pairs (row of `new`, row of `old`) of fingerprints of which one picture is a copy of the other.

    Copies by JPEG compression, in another size, or a little brighter are found; pictures of one material, form or
    scene that differ in one place, or in their grain, are not.

    Args:
        new: (n, d) grey values.
        old: (m, d) grey values.
    """
    contrast, old_contrast = _contrast(new), _contrast(old)

    def measure(i: Rows, j: Rows) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        least, most = np.minimum(contrast[i], old_contrast[j]), np.maximum(contrast[i], old_contrast[j])
        residual = (_matched(new[i]) - _matched(old[j])) * least[:, None]
        apart = _root_mean_square(residual)
        is_same = (
            (_root_mean_square(_plain(new[i]) - _plain(old[j])) <= SAME_PICTURE_RMSE)
            & (least >= _GAIN * most)
            & (apart <= _max_residual(least))
            & (np.abs(residual).max(axis=1, initial=0) <= np.maximum(_PEAK * apart, _PEAK_OF_CONTRAST * least))
        )
        return is_same, apart

    return _near(new, old, _matched, _max_residual(_GAIN * contrast) / (_GAIN * contrast), measure)


def same_texts(new: Prints, old: Prints) -> Pairs:
    """The same for fingerprints of texts."""

    def measure(i: Rows, j: Rows) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        apart = _root_mean_square(_plain(new[i]) - _plain(old[j]))
        return apart <= SAME_TEXT_RMSE, apart

    return _near(new, old, _plain, np.full(len(new), SAME_TEXT_RMSE, np.float32), measure)


def _near(
    new: Prints,
    old: Prints,
    view: Callable[[Prints], NDArray[np.float32]],
    reach: NDArray[np.float32],
    measure: Callable[[Rows, Rows], tuple[NDArray[np.bool_], NDArray[np.float32]]],
) -> Pairs:
    """What `measure` calls the same, among the nearest old ones of each new one.

    n·log n, whatever the pictures show: projecting on orthonormal directions never takes two points further apart, so
    whatever is near is near in the few directions in which the old ones differ most. A k-d tree finds candidates there
    (Bentley 1975, "Multidimensional binary search trees used for associative searching"); each is then measured whole.

    Args:
        view: As what points the fingerprints are compared.
        reach: (n,) root mean square difference of two such points beyond which nothing is the same.
    """
    from scipy.spatial import cKDTree  # takes a moment to load

    pairs = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))]
    if len(new) and len(old):
        directions = _directions(view(old[:: max(1, len(old) // _SAMPLE)]))

        rng = np.random.default_rng(0)

        def projected(points: Prints) -> NDArray[np.float32]:
            spots = [view(points[at : at + _BLOCK]) @ directions for at in range(0, len(points), _BLOCK)]
            jitter = rng.uniform(-_JITTER, _JITTER, (len(points), _DIRECTIONS))  # a tree cannot part equal points
            return np.concatenate(spots) + jitter.astype(np.float32)

        tree = cKDTree(projected(old))
        order = np.argsort(reach, kind="stable")  # the radius is one for a whole block
        near = min(_NEAREST, len(old))
        for begin in range(0, len(new), _BLOCK):
            rows = order[begin : begin + _BLOCK]
            radius = float(reach[rows[-1]]) * new.shape[1] ** 0.5 + _SLACK
            _, columns = tree.query(projected(new[rows]), k=list(range(1, near + 1)), distance_upper_bound=radius)
            at, column = np.nonzero(columns < len(old))
            left, right = rows[at], columns[at, column]
            for start in range(0, len(left), _PAIRS):
                i, j = left[start : start + _PAIRS], right[start : start + _PAIRS]
                is_same, apart = measure(i, j)
                pairs.append((i[is_same], j[is_same], apart[is_same]))
    return Pairs(*(np.concatenate(column) for column in zip(*pairs, strict=True)))


def _directions(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(d, 8) orthonormal directions in which the points differ most."""
    centered = points.astype(np.float64)
    centered -= centered.mean(axis=0)
    _, vectors = np.linalg.eigh(centered.T @ centered)
    return vectors[:, -_DIRECTIONS:].astype(np.float32)


def _plain(points: Prints) -> NDArray[np.float32]:
    return points.astype(np.float32)


def _matched(points: Prints) -> NDArray[np.float32]:
    """Each with mean 0 and standard deviation 1; a flat one counts as of contrast 1, or its noise would be all."""
    grey = _plain(points)
    grey -= grey.mean(axis=1, keepdims=True)
    return np.asarray(grey / np.maximum(_root_mean_square(grey), 1)[:, None], dtype=np.float32)


def _contrast(points: Prints) -> NDArray[np.float32]:
    parts = [points[at : at + _BLOCK].std(axis=1) for at in range(0, len(points), _BLOCK)]
    contrast: NDArray[np.float32] = np.maximum(np.concatenate([np.zeros(0), *parts]), 1).astype(np.float32)
    return contrast


def _max_residual(contrast: NDArray[np.float32]) -> NDArray[np.float32]:
    most = np.maximum(_RESIDUAL, _RESIDUAL_OF_HIGH_CONTRAST * contrast)
    residual: NDArray[np.float32] = np.clip(_RESIDUAL_OF_CONTRAST * contrast, _ROUNDING, most)
    return residual


def _root_mean_square(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    root: NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", rows, rows) / np.float32(max(1, rows.shape[1])))
    return root


def text_fingerprint(text: str) -> bytes:
    """256 bytes of a text, alike for texts that share nearly all their trigrams.

    Square roots of the shares of character trigrams, hashed into 256 cells and stretched to length 255: fingerprints
    within `SAME_TEXT_RMSE` of each other are those whose shares have a Bhattacharyya coefficient of at least .992.
    Case, spaces and line ends do not count.
    """
    plain = f" {' '.join(text.lower().split())} "
    counts = np.zeros(256)
    for start in range(max(1, len(plain) - 2)):
        counts[crc32(plain[start : start + 3].encode()) % 256] += 1
    return bytes(np.rint(255 * np.sqrt(counts / counts.sum())).astype(np.uint8))


def exact_fingerprint(data: bytes) -> bytes:
    """256 bytes that are far from those of any other data."""
    return hashlib.shake_256(data).digest(256)


@dataclass(frozen=True)
class Member:
    """An item with its picture; `split` and `group` are known where it was drawn before.

    `duplicate_search` says how others are searched that are nearly the same: `picture` or `text`. The group is named by
    the item id of its first picture.
    """

    item_id: int
    sha256: str
    fingerprint: bytes
    split: str = ""
    group: int = 0
    duplicate_search: str = "picture"


def is_drawn(seed: str, sha256: str, *, fraction: float) -> bool:
    """True with probability `fraction`, decided by the seed (a secret in hexadecimal) and the content alone."""
    number = int.from_bytes(hmac.new(bytes.fromhex(seed), sha256.encode(), hashlib.sha256).digest()[:8])
    return number < fraction * 2.0**64


def assign_splits(members: list[Member], *, seed: str, test_fraction: float) -> list[Member]:
    """Splits for the members that have none yet; near-duplicates are in one split.

    Items with the same hash are never separated, however many they are. Others that are nearly the same form groups of
    at most `MAX_GROUP_ITEMS` or `MAX_GROUP_FRACTION` of all: each is near the group's first, so that no chain leads
    from one picture to quite another, and the nearest find each other first. Who is in which group follows from the
    pictures, not from the order in which they came.

    A picture joins the group of a first that was drawn before, while there is room. Where it would join both splits, it
    is `excluded`.
    """
    drawn = [member for member in members if member.split]
    new = [member for member in members if not member.split]
    new.sort(key=lambda member: (member.sha256, member.item_id))
    most = max(MAX_GROUP_ITEMS, int(MAX_GROUP_FRACTION * len(members)))
    counts = Counter(member.sha256 for member in members)
    splits = _splits_of_the_same(drawn)
    sizes = Counter(splits[member.sha256][1] for member in members if member.sha256 in splits)
    pictures: dict[str, Member] = {}
    for member in new:
        if member.sha256 not in splits:
            pictures.setdefault(member.sha256, member)
    searches: tuple[tuple[str, Search], ...] = (("picture", same_pictures), ("text", same_texts))
    for kind, search in searches:
        unknown = [member for member in pictures.values() if member.duplicate_search == kind]
        drawn_of_kind = [member for member in drawn if member.duplicate_search == kind]
        splits |= _joined(unknown, drawn_of_kind, counts, sizes, most, search)
        unknown = [member for member in unknown if member.sha256 not in splits]
        for member, first in zip(unknown, _grouped(unknown, counts, most, search), strict=True):
            splits[member.sha256] = (
                "test" if is_drawn(seed, first.sha256, fraction=test_fraction) else "train",
                first.item_id,
            )
    return [
        replace(member, split=splits[member.sha256][0], group=splits[member.sha256][1])
        for member in members
        if not member.split
    ]


def _splits_of_the_same(drawn: list[Member]) -> dict[str, tuple[str, int]]:
    """Split and group of each hash; `excluded` where its items are in different splits."""
    splits: dict[str, tuple[str, int]] = {}
    for member in sorted(drawn, key=lambda member: member.item_id):
        split, group = splits.setdefault(member.sha256, (member.split, member.group))
        if split != member.split:
            splits[member.sha256] = ("excluded", group)
    return splits


def _joined(
    new: list[Member], drawn: list[Member], counts: Counter[str], sizes: Counter[int], most: int, search: Search
) -> dict[str, tuple[str, int]]:
    """Split and group of new pictures that are near the first of a group drawn before; the nearest join first.

    Args:
        counts: Items of each hash.
        sizes: Items of each group; raised by those that join.
    """
    firsts: dict[int, Member] = {}
    for member in sorted(drawn, key=lambda m: (m.item_id != m.group, m.split == "excluded", m.item_id)):
        firsts.setdefault(member.group, member)  # the oldest of the others, where the first was erased
    old = sorted(firsts.values(), key=lambda member: (member.sha256, member.item_id))
    near: dict[int, list[Member]] = {}
    for left, right in _nearest_first(search(_stack(new), _stack(old))):
        near.setdefault(left, []).append(old[right])
    splits: dict[str, tuple[str, int]] = {}
    for left, groups in near.items():
        sha256 = new[left].sha256
        with_room = [member for member in groups if sizes[member.group] + counts[sha256] <= most]
        if with_room:
            candidates = {member.split for member in with_room}
            splits[sha256] = (candidates.pop() if len(candidates) == 1 else "excluded", with_room[0].group)
            sizes[with_room[0].group] += counts[sha256]
    return splits


def _grouped(new: list[Member], counts: Counter[str], most: int, search: Search) -> list[Member]:
    """The first of the group of each new picture; `new` is in the order of the hashes."""
    first_of = list(range(len(new)))
    pictures = [1] * len(new)  # of the group of each first; 0 for the others
    items = [counts[member.sha256] for member in new]
    for pair in _nearest_first(search(_stack(new), _stack(new))):
        for first, joining in (pair, pair[::-1]):
            before = first_of[first]
            if pictures[joining] != 1 or before == joining or items[before] + items[joining] > most:
                continue
            if first != before and pictures[before] == 2:  # of two, either may be the first
                first_of[before] = first_of[first] = first
                pictures[before], pictures[first], items[first] = 0, 2, items[before]
            if first_of[first] == first:
                first_of[joining] = first
                pictures[joining], pictures[first] = 0, pictures[first] + 1
                items[first] += items[joining]
                break
    return [new[first] for first in first_of]


def _nearest_first(pairs: Pairs) -> Iterator[tuple[int, int]]:
    for index in np.lexsort((pairs.right, pairs.left, pairs.distance)):
        yield int(pairs.left[index]), int(pairs.right[index])


def _stack(members: list[Member]) -> Prints:
    joined = b"".join(member.fingerprint for member in members)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(members), -1 if members else 256)
