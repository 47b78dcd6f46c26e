"""Everything between a fresh clone and a runnable checkout; each step is skipped when its inputs are unchanged.

Run by the system's Python before any package is there: standard library only.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
FRONTEND = ROOT / "frontend"


def _digest(paths: Iterable[Path]) -> str:
    """Hash of the names and contents of `paths`."""
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _step(title: str, stamp: Path, inputs: Iterable[Path], work: Callable[[], None]) -> None:
    """Run `work` unless `stamp` says that it was done for these very inputs."""
    digest = _digest(inputs)
    if stamp.exists() and stamp.read_text() == digest:
        return
    print(f"• {title} …", flush=True)
    begun = time.monotonic()
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)
    print(f"  done in {time.monotonic() - begun:.0f} s", flush=True)


def _run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command whose output is shown only when it fails; a line every 15 s says that it lives."""
    log = VENV / f"bootstrap-{threading.current_thread().name}.log"
    env = dict(os.environ)
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    with log.open("wb") as out:
        process = subprocess.Popen([str(word) for word in command], cwd=cwd, env=env, stdout=out, stderr=out)
        begun = time.monotonic()
        while True:
            try:
                code = process.wait(timeout=15)
                break
            except subprocess.TimeoutExpired:
                print(f"  … {time.monotonic() - begun:.0f} s", flush=True)
    if code:
        sys.stderr.write(log.read_text(errors="replace")[-6000:])
        raise SystemExit(f"failed: {' '.join(str(word) for word in command)} (exit {code})")


def _halves(lock: Path) -> tuple[Path, Path]:
    """The requirements of a lock file in two files, each with its hashes."""
    requirements = re.split(r"\n(?=\S)", lock.read_text().strip())
    halves = (VENV / "requirements-0.txt", VENV / "requirements-1.txt")
    for number, half in enumerate(halves):
        half.write_text("\n".join(requirements[number::2]) + "\n")
    return halves


def _install(lock: Path) -> None:
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True)
    pip: list[str | Path] = [VENV / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check"]
    # Not compiled here: Python compiles what it imports, which is a small part of all that is installed.
    install = (*pip, "--no-compile", "--no-deps", "--require-hashes", "-r")
    with ThreadPoolExecutor(2) as pool:  # no package waits for another's: half of the list beside the other half
        list(pool.map(lambda part: _run(*install, part), _halves(lock)))


def setup_python(*, dev: bool) -> None:
    """Virtual environment with every package of the lock file."""
    lock = ROOT / "requirements" / ("dev.lock" if dev else "runtime.lock")
    dev_stamp = VENV / "stamp-dev"
    if not dev and dev_stamp.exists() and dev_stamp.read_text() == _digest([ROOT / "requirements" / "dev.lock"]):
        return
    stamp = dev_stamp if dev else VENV / "stamp-runtime"
    _step("Python packages (about two minutes the first time)", stamp, [lock], lambda: _install(lock))


def setup_torch() -> None:
    """Torch: apart and unhashed, since the wheel differs between machines with and without CUDA."""
    requirements = ROOT / "requirements" / "torch.txt"
    pip: list[str | Path] = [VENV / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check"]
    _step("Torch", VENV / "stamp-torch", [requirements], lambda: _run(*pip, "-r", requirements))


def setup_frontend() -> None:
    """Node packages and the built front end in `frontend/dist`."""
    npm = VENV / "bin" / "npm"
    packages = [FRONTEND / "package.json", FRONTEND / "package-lock.json"]
    stamp = FRONTEND / "node_modules" / ".stamp"
    _step("Front-end packages", stamp, packages, lambda: _run(npm, "ci", "--no-fund", "--no-audit", cwd=FRONTEND))
    sources = [path for path in (FRONTEND / "src").rglob("*") if path.is_file() and path.suffix != ".mjs"]
    sources = [path for path in sources if not path.name.startswith("messages.") or path.suffix == ".po"]
    sources += [*packages, *FRONTEND.glob("*.ts"), FRONTEND / "index.html", FRONTEND / "tsconfig.json"]
    stamp = FRONTEND / "dist" / ".stamp"
    _step("Front-end build", stamp, sources, lambda: _run(npm, "run", "build", cwd=FRONTEND))


def setup_documentation() -> None:
    """The documentation site in `dist/docs`, which the product serves at /docs/."""
    sources = [path for path in (ROOT / "docs").rglob("*") if path.is_file()]
    sources += [*(ROOT / "tools" / "documentation").glob("*.py"), *ROOT.glob("*.md"), ROOT / "mkdocs.yml"]
    sources += [ROOT / "pyproject.toml", ROOT / "requirements" / "runtime.lock"]
    for room in ("platform", "annotation", "registry", "workers"):  # the data model is drawn from them
        sources += [path for path in (ROOT / room).rglob("*.py") if "models" in (path.stem, path.parent.name)]
    site = ROOT / "dist" / "docs"
    command = (VENV / "bin" / "python", "-m", "mkdocs", "build", "--quiet", "--site-dir", site)
    _step("Documentation", site / ".stamp", sources, lambda: _run(*command))


def main() -> None:
    """`python3 platform/launcher/bootstrap.py [--dev]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    if sys.version_info[:2] < (3, 11):
        raise SystemExit(f"Plateau needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    setup_python(dev=options.dev)
    with ThreadPoolExecutor(1) as pool:  # beside each other: neither needs the other
        torch = pool.submit(setup_torch)
        setup_frontend()
        setup_documentation()
        torch.result()


if __name__ == "__main__":
    main()
