"""Settings of the environment that have other names now."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings.renamed import RENAMED

ROOT = Path(__file__).parents[1]
SETTINGS = (ROOT / "config" / "settings" / "__init__.py").read_text()


def load_settings(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.WEB_THREADS)"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in RENAMED.values()} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("former", "present"), RENAMED.items())
def test_no_process_starts_with_a_former_name_of_a_setting(former, present):
    refused = load_settings(**{former: "7"})
    assert refused.returncode != 0
    assert f"{former} is now {present}" in refused.stderr.splitlines()[-1]


def test_former_and_present_names_side_by_side_are_for_going_back():
    assert load_settings(WEB_SLOTS="7", WEB_THREADS="9", WEB_ROOM="").stdout == "9\n"


def test_every_present_name_is_read_and_no_former_one():
    names = set(re.findall(r'(?:environ\.get|_need|_list)\(\s*"(\w+)"', SETTINGS))
    assert set(RENAMED.values()) <= names
    assert not set(RENAMED) & names


def test_the_upgrade_guide_tells_of_every_renamed_setting():
    guide = (ROOT / "docs" / "how-to" / "upgrade.md").read_text()
    assert {pair for pair in RENAMED.items() if f"`{pair[0]}` → `{pair[1]}`" not in guide} == set()
