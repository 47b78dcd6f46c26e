"""Bills of materials and scans for known vulnerabilities; run by `make sbom` and `make scan` in `.venv-supply`.

The bills are those of cyclonedx-py (Python packages, with the hashes of the lock) and of `npm sbom` (the front end),
each validated against CycloneDX's own schema. A scan that could not ask its database fails: it never passes for want of
answers.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
NPM = ROOT / ".venv" / "bin" / "npm"
TOOLS = Path(sys.executable).parent
FOUND, NOT_SCANNED = 1, 2  # exit statuses of a scan


def python_requirements() -> str:
    """Every Python package of the product: the lock, and torch, which is pinned apart."""
    return "\n".join((ROOT / "requirements" / name).read_text() for name in ("runtime.lock", "torch.txt"))


def write_python_bill(path: Path) -> None:
    """A component for each package of the lock, with its hashes."""
    command = [TOOLS / "cyclonedx-py", "requirements", "-", "--pyproject", ROOT / "pyproject.toml"]
    command += ["--output-reproducible", "--of", "JSON", "--sv", "1.6", "--output-file", path]
    subprocess.run(command, input=python_requirements(), text=True, check=True)


def write_frontend_bill(path: Path) -> None:
    """A component for each package that browsers receive.

    npm wants a version, which ours has in pyproject.toml. What only development needs is taken out before: with
    `--omit dev`, npm 11 leaves out whatever a development package refers to as well, React for one.
    """
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            content = json.loads((FRONTEND / name).read_text()) | {"version": version}
            content.pop("devDependencies", None)
            if packages := content.get("packages"):
                packages[""]["version"] = version
                packages[""].pop("devDependencies", None)
                content["packages"] = {path: row for path, row in packages.items() if not row.get("dev")}
            (Path(folder) / name).write_text(json.dumps(content))
        command = [NPM, "sbom", "--package-lock-only", "--sbom-format", "cyclonedx"]
        done = subprocess.run(
            [*command, "--loglevel", "error"], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(f"npm sbom failed: {done.stderr.strip()}")
    path.write_text(done.stdout)


def find_schema_error(text: str) -> str:
    """What CycloneDX's schema has against a bill; empty where nothing."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    version = SchemaVersion.from_version(json.loads(text)["specVersion"])
    return str(JsonStrictValidator(version).validate_str(text) or "")


def write_bills(folder: Path) -> None:
    """Both bills, each validated."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in (("python.json", write_python_bill), ("frontend.json", write_frontend_bill)):
        write(folder / name)
        text = (folder / name).read_text()
        if error := find_schema_error(text):
            raise SystemExit(f"{folder / name} is no valid CycloneDX: {error}")
        sys.stdout.write(f"{folder / name}: {len(json.loads(text)['components'])} components\n")


def read_pip_audit(output: str) -> tuple[list[str], list[str]]:
    """(vulnerabilities, packages that could not be scanned) of pip-audit's JSON; it exits with 0 for the latter."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        return [], ["all Python packages"]
    found = [
        f"{package['name']} {package['version']}: {vulnerability['id']}"
        for package in packages
        for vulnerability in package.get("vulns", [])
    ]
    return found, [package["name"] for package in packages if "skip_reason" in package]


def read_npm_audit(output: str) -> tuple[list[str], list[str]]:
    """The same of `npm audit --json`, which has no list of vulnerabilities where nobody answered."""
    try:
        report: dict[str, Any] = json.loads(output)
        rows = report["vulnerabilities"]
    except (ValueError, KeyError):
        return [], ["all packages of the front end"]
    return [f"{name}: {row['severity']}" for name, row in sorted(rows.items())], []


def scan() -> int:
    """0: every package was looked up and none has a known vulnerability."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text((ROOT / "requirements" / "runtime.lock").read_text())
        torch = Path(folder) / "torch.txt"
        shutil.copy(ROOT / "requirements" / "torch.txt", torch)
        pip_audit = [TOOLS / "pip-audit", "--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off"]
        outputs = [
            subprocess.run([*pip_audit, "-r", path], capture_output=True, text=True, check=False).stdout
            for path in (requirements, torch)
        ]
    npm_audit = [NPM, "audit", "--omit", "dev", "--json"]
    npm_output = subprocess.run(npm_audit, cwd=FRONTEND, capture_output=True, text=True, check=False).stdout
    results = [read_pip_audit(output) for output in outputs] + [read_npm_audit(npm_output)]
    found = [row for rows, _ in results for row in rows]
    missing = [row for _, rows in results for row in rows]
    for row in found:
        sys.stdout.write(f"vulnerable: {row}\n")
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        sys.stdout.write(f"NOT SCANNED, since no database answered for them: {', '.join(missing[:5])}{more}\n")
        return NOT_SCANNED
    sys.stdout.write(f"{len(found)} known vulnerabilities\n")
    return FOUND if found else 0


def main() -> None:
    """`sbom FOLDER`, or `scan`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("sbom").add_argument("folder", type=Path)
    commands.add_parser("scan")
    options = parser.parse_args()
    if options.command == "scan":
        raise SystemExit(scan())
    write_bills(options.folder)


if __name__ == "__main__":
    main()
