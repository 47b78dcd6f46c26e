"""OWASP ASVS 5.0: each requirement of levels 1 and 2, and level 3 of authorization, has a row that stands up.

The identifiers are those of the standard (CC BY-SA 4.0); docs/security/asvs.csv says of each what holds it.
"""

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = list(csv.DictReader((ROOT / "docs" / "security" / "asvs.csv").open(encoding="utf-8")))
STATUS = {"met", "partly", "not met", "not applicable", "by the operator"}
LEVEL_1 = (
    "1.2:1,2,3,4,5 1.3:1,2 1.5:1 2.1:1 2.2:1,2 2.3:1 3.2:1,2 3.3:1 3.4:1,2 3.5:1,2,3 4.1:1 4.4:1 5.2:1,2 "
    "5.3:1,2 6.1:1 6.2:1,2,3,4,5,6,7,8 6.3:1,2 6.4:1,2 7.2:1,2,3,4 7.4:1,2 8.1:1 8.2:1,2 8.3:1 9.1:1,2,3 "
    "9.2:1 10.4:1,2,3,4,5 11.3:1,2 11.4:1 12.1:1 12.2:1,2 13.4:1 14.2:1 14.3:1 15.1:1 15.2:1 15.3:1 "
)
LEVEL_2 = (
    "1.1:1,2 1.2:6,7,8,9 1.3:3,4,5,6,7,8,9,10,11 1.4:1,2,3 1.5:2 2.1:2,3 2.2:3 2.3:2,3,4 2.4:1 3.3:2,3,4 "
    "3.4:3,4,5,6 3.5:4,5 3.7:1,2 4.1:2,3 4.2:1 4.3:1,2 4.4:2,3,4 5.1:1 5.2:3 5.4:1,2,3 6.1:2,3 "
    "6.2:9,10,11,12 6.3:3,4 6.4:3,4 6.5:1,2,3,4,5 6.6:1,2,3 6.8:1,2,3,4 7.1:1,2,3 7.3:1,2 7.4:3,4,5 "
    "7.5:1,2 7.6:1,2 8.1:2 8.2:3 8.4:1 9.2:2,3,4 10.1:1,2 10.2:1,2 10.3:1,2,3,4 10.4:6,7,8,9,10,11 "
    "10.5:1,2,3,4,5 10.6:1,2 10.7:1,2,3 11.1:1,2 11.2:1,2,3 11.3:3 11.4:2,3,4 11.5:1 11.6:1 12.1:2,3 "
    "12.3:1,2,3,4 13.1:1 13.2:1,2,3,4,5 13.3:1,2 13.4:2,3,4,5 14.1:1,2 14.2:2,3,4 14.3:2,3 15.1:2,3 "
    "15.2:2,3 15.3:2,3,4,5,6,7 16.1:1 16.2:1,2,3,4,5 16.3:1,2,3,4 16.4:1,2,3 16.5:1,2,3 17.1:1 "
    "17.2:1,2,3,4 17.3:1,2 "
)
AUTHORIZATION_3 = "8.1:3,4 8.2:4 8.3:2,3 8.4:2 "


def unpack_requirements(packed: str) -> list[str]:
    requirements = []
    for part in packed.split():
        section, numbers = part.split(":")
        requirements += [f"V{section}.{number}" for number in numbers.split(",")]
    return requirements


def test_every_requirement_has_one_row():
    wanted = {1: unpack_requirements(LEVEL_1), 2: unpack_requirements(LEVEL_2), 3: unpack_requirements(AUTHORIZATION_3)}
    assert (len(wanted[1]), len(wanted[2])) == (70, 183)
    listed = [(row["requirement"], int(row["level"])) for row in ROWS]
    assert sorted(listed) == sorted(
        (requirement, level) for level, requirements in wanted.items() for requirement in requirements
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["requirement"])
def test_a_row_says_how_and_its_test_exists(row):
    assert row["status"] in STATUS
    assert len(row["how"]) > 5
    assert row["test"] or row["status"] != "met", "a row that is met names a test, or the file that holds it"
    if row["test"]:
        path, _, name = row["test"].partition("::")
        assert (ROOT / path).is_file(), path
        assert not name or re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.M), row["test"]
    for path in re.findall(r"(?:platform|docs|deploy|registry|workers|config)/[\w./-]+\.\w+", row["how"]):
        assert (ROOT / path).is_file(), path
    for path, title in re.findall(r'(docs/[\w/-]+\.md), "([^"]+)"', row["how"]):
        assert re.search(rf"^#+ {re.escape(title)}$", (ROOT / path).read_text(), re.M), (path, title)
