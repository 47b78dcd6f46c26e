"""The packaged browser."""

import subprocess

from tests.stack import ROOT


def chromium() -> str:
    """Path of Chromium out of its npm package; unpacked on first use."""
    script = "import('@sparticuz/chromium').then(async m => console.log(await m.default.executablePath()))"
    node = str(ROOT / ".venv" / "bin" / "node")
    done = subprocess.run([node, "-e", script], cwd=ROOT / "frontend", capture_output=True, text=True, check=True)
    return done.stdout.strip()
