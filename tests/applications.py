"""What the tests of the whole house need of the optional applications, as far as these are installed.

An application keeps it beside its own tests, in `tests/house.py`, so that leaving it out leaves that out too.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from plateau.applications import installed_applications

FOLDER = Path(__file__).resolve().parents[1] / "workers" / "applications"
EVERY = sorted(path.parent.name for path in FOLDER.glob("*/apps.py"))


def needs(*applications: str) -> pytest.MarkDecorator:
    """Skips tests of applications that are left out of the settings."""
    missing = [name for name in applications if name not in settings.APPLICATIONS]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


def of_applications() -> list[ModuleType]:
    """`tests/house.py` of each application that is installed, in the order of the settings."""
    return [import_module(f"{application.name}.tests.house") for application in installed_applications()]
