"""Each test gets an installation of its own, copied from one that was prepared once."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Installation, Person, make_template


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults" in str(item.path):
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def template() -> Iterator[tuple[Path, dict[str, str]]]:
    # Sockets have short names: not below pytest's own folders.
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        yield Path(folder), make_template(Path(folder))


@pytest.fixture
def installation(template) -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="plt-") as folder:
        copy = Installation(Path(folder), template[0])
        try:
            yield copy
        finally:
            copy.stop()


@pytest.fixture
def person(installation, template):
    return lambda role="admin": Person(installation, template[1][role])


@pytest.fixture
def patience() -> float:
    """Seconds in which everything must be right again."""
    return float(os.environ.get("FAULT_SECONDS", "60"))
