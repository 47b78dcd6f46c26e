"""Tests of an application that is left out of the settings are left out, too."""

from pathlib import Path

from django.conf import settings

collect_ignore = [
    path.parent.name
    for path in Path(__file__).parent.glob("*/apps.py")
    if path.parent.name not in settings.APPLICATIONS
]
