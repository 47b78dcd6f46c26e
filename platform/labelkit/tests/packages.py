"""A package of somebody else, for tests of entry points."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest


def install_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str, points: Mapping[str, Sequence[str]]
) -> None:
    """A module `name` in `folder` on the path, with the metadata of an installed package.

    Args:
        points: Lines `name = module:object` by entry point group.
    """
    (folder / f"{name}.py").write_text(source)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    groups = [f"[{group}]\n" + "\n".join(lines) + "\n" for group, lines in points.items()]
    (info / "entry_points.txt").write_text("\n".join(groups))
    monkeypatch.syspath_prepend(str(folder))
