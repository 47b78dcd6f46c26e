"""Zips from others cost no more than what is taken of them, whatever they say of themselves."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from plateau.storage.archives import BadArchive, TooLarge, open_zip, unpacked

MIB = 1024 * 1024


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, large: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            with archive.open(name, "w", force_zip64=large) as entry:
                entry.write(data)
    return out.getvalue()


def most_memory(work) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_directory_of_too_many_entries_is_refused_without_being_read():
    """Its own count says one."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    size = len(entry) * 300_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, size, 0, 0)
    file = io.BytesIO(entry * 300_000 + end)

    def work() -> None:
        with pytest.raises(TooLarge, match="more than 200,000 entries"):
            open_zip(file, max_entries=200_000)

    assert most_memory(work) < 8 * MIB


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("comment", [b"", b"PK\x01\x02" * 9])
def test_a_zip_of_as_many_entries_as_are_taken_opens(large, comment):
    out = io.BytesIO(zipped({f"{n}": b"x" for n in range(30)}, large=large))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = comment
    with open_zip(out, max_entries=30) as archive:
        assert len(archive.infolist()) == 30
        assert unpacked(archive, archive.infolist()[0], max_bytes=1) == b"x"
    with pytest.raises(TooLarge):
        open_zip(out, max_entries=29)


def test_an_entry_that_says_less_than_it_unpacks_to_costs_what_it_says():
    data = bytearray(zipped({"a": b"\0" * 300 * MIB}))
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(mark) + place
        data[at : at + 4] = (10).to_bytes(4, "little")

    def work() -> None:
        with open_zip(io.BytesIO(data), max_entries=5) as archive, pytest.raises(BadArchive):
            unpacked(archive, archive.infolist()[0], max_bytes=MIB)

    assert most_memory(work) < 16 * MIB


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_in_a_packing_that_unpacks_without_bound_is_refused(method):
    data = zipped({"a": b"\0" * 100 * MIB}, method=method)

    def work() -> None:
        with open_zip(io.BytesIO(data), max_entries=5) as archive, pytest.raises(BadArchive, match="Deflate"):
            unpacked(archive, archive.infolist()[0], max_bytes=200 * MIB)

    assert most_memory(work) < 8 * MIB


def test_a_file_that_is_no_zip_is_told():
    with pytest.raises(BadArchive, match="cannot be read"):
        open_zip(io.BytesIO(b"PK\5\6 nothing"), max_entries=5)
