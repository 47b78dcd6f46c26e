"""Bills of materials are whole and valid; a scan without answers does not pass."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tools.supply_chain import python_requirements, read_npm_audit, read_pip_audit

ROOT = Path(__file__).resolve().parents[1]


def test_tools_of_the_supply_chain_are_pinned_by_hash():
    text = (ROOT / "requirements" / "supply.lock").read_text()
    packages = re.findall(r"^([\w.-]+)==", text, re.M)
    assert {"cyclonedx-bom", "pip-audit"} <= set(packages)
    assert len(re.findall(r"^[\w.-]+==.*\\\n\s+--hash=sha256:", text, re.M)) == len(packages)


def test_tests_run_on_the_packages_that_installations_have():
    """Whoever adds a package locks it in both files: a checkout that has it already would not notice."""
    runtime, dev = (
        re.split(r"\n(?=\S)", (ROOT / "requirements" / f"{name}.lock").read_text().strip())
        for name in ("runtime", "dev")
    )
    assert set(runtime) - set(dev) == set()


def test_every_known_vulnerability_is_named_and_so_is_what_could_not_be_scanned():
    vulnerable = {"name": "django", "version": "1.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": []}]}
    skipped = {"name": "numpy", "skip_reason": "Dependency not found on PyPI and could not be audited: numpy (2.0)"}
    clean = {"name": "redis", "version": "7.0", "vulns": []}
    output = json.dumps({"dependencies": [vulnerable, skipped, clean]})
    assert read_pip_audit(output) == (["django 1.0: CVE-2026-1"], ["numpy"])
    assert read_pip_audit("") == ([], ["all Python packages"])
    assert read_npm_audit(json.dumps({"vulnerabilities": {"react": {"severity": "high"}}})) == (["react: high"], [])
    assert read_npm_audit(json.dumps({"vulnerabilities": {}})) == ([], [])
    assert read_npm_audit('{"error": {"code": "ENOAUDIT"}}') == ([], ["all packages of the front end"])


@pytest.mark.slow  # it installs the tools
def test_the_bills_name_every_package_and_are_valid(tmp_path):
    done = subprocess.run(
        ["make", "sbom", f"SBOM={tmp_path}"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    python = json.loads((tmp_path / "python.json").read_text())
    wanted = re.findall(r"^([\w.-]+)==([\w.+!-]+)", python_requirements(), re.M)
    components = {(row["name"].lower(), row["version"]) for row in python["components"]}
    assert {(name.lower(), version) for name, version in wanted} == components
    assert ("torch", dict(wanted)["torch"]) in components
    frontend = json.loads((tmp_path / "frontend.json").read_text())
    names = {f"{row['group']}/{row['name']}" if row.get("group") else row["name"] for row in frontend["components"]}
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    received = {path.rpartition("node_modules/")[2] for path, row in packages.items() if path and not row.get("dev")}
    assert "react" in names
    assert names == received
    python["components"][0]["type"] = "no-such-type"
    code = "import sys; from tools.supply_chain import find_schema_error; print(find_schema_error(sys.stdin.read()))"
    tool = ROOT / ".venv-supply" / "bin" / "python"
    for bill, is_valid in ((python, False), (frontend, True)):
        text = json.dumps(bill)
        validated = subprocess.run([tool, "-c", code], cwd=ROOT, input=text, capture_output=True, text=True, check=True)
        assert (validated.stdout.strip() == "") == is_valid, validated.stdout


@pytest.mark.slow  # as above
def test_a_scan_that_reaches_no_database_fails_and_says_so():
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "NO_PROXY": ""}
    nowhere |= {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}
    done = subprocess.run(
        ["make", "scan"], cwd=ROOT, env=os.environ | nowhere, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode != 0
    assert "NOT SCANNED" in done.stdout
