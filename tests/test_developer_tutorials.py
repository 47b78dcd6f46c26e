"""The pages that tell how to add something are followed word by word: their files written, their commands run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "developer").glob("add-*.md"))
TEMPORARY = ".venv/bin/python -m launcher.temporary "
INSTALL = ".venv/bin/python -m pip install --no-deps --no-build-isolation "
TEST = ".venv/bin/python -m pytest "


def write_files(page: str, folder: Path) -> list[str]:
    """Every block of code that has a title, under that name."""
    blocks = re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', page, re.S | re.M)
    for name, text in blocks:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return [name for name, _ in blocks]


def commands_of(page: str) -> list[str]:
    """Lines of the blocks for a shell."""
    return [line for block in re.findall(r"^```sh\n(.*?)^```$", page, re.S | re.M) for line in block.splitlines()]


def run(command: list[str], **variables: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.processes
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_who_follows_the_page_has_it(path, tmp_path):
    """Installed into a folder of its own; servers are those of this test run. Nothing else is done otherwise."""
    page = path.read_text()
    names = write_files(page, tmp_path)
    package = names[0].partition("/")[0]
    assert [name.removeprefix(f"{package}/") for name in names if name.endswith("pyproject.toml")] == ["pyproject.toml"]
    first, install, *tests = commands_of(page)
    assert first == "export PYTHONPATH=platform:."
    assert install == f"{INSTALL}{package}"
    site = tmp_path / "site"
    pip = [sys.executable, *shlex.split(INSTALL)[1:], "--no-index", "--quiet", "--target", str(site)]
    run([*pip, str(tmp_path / package)])
    python_path = os.pathsep.join([str(site), "platform", "."])
    assert tests
    for line in tests:
        assert line.startswith(TEMPORARY + TEST), line
        target, *options = shlex.split(line.removeprefix(TEMPORARY + TEST))
        target = target if target.startswith("workers/") else str(tmp_path / target)
        pytest_command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]
        out = run([*pytest_command, "-q", target, *options], PYTHONPATH=python_path)
        assert re.search(r"^\d+ passed", out, re.M), out


def test_there_is_a_page_for_each_seam():
    assert [path.stem for path in PAGES] == ["add-a-format", "add-a-media-type", "add-a-recipe"]
