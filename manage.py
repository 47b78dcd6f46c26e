#!/usr/bin/env python
"""Django's command line, with the two source roots on the path."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Run a management command."""
    for root in (ROOT / "platform", ROOT):
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if "DATABASE_URL" not in os.environ:  # the installation of `make up`, in var/ or PLATEAU_HOME
        from launcher.layout import InstallationLayout

        layout = InstallationLayout.from_environment()
        host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        os.environ.update(layout.environment(host=host, port=port))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
