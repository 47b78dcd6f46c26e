"""Habits of the repository that no linter holds."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TRACKED = (
    "platform/",
    "annotation/",
    "registry/",
    "workers/",
    "frontend/",
    "tests/",
    "docs/",
    "examples/",
    "tools/",
    "benchmarks/",
    "config/",
    "deploy/",
    "requirements/",
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_path_that_a_page_names_exists(page):
    text = page.read_text()
    named = {word for word in re.findall(r"`([\w./*-]+)`", text) if word.startswith(TRACKED)}
    linked = {page.parent / target for target in re.findall(r"\]\(([\w./-]+)\)", text)}
    missing = [name for name in named if not any(ROOT.glob(name.rstrip("/")))]
    missing += [str(path) for path in linked if not path.exists()]
    assert missing == []


@pytest.mark.parametrize("name", ["requirements/runtime.lock", "requirements/dev.lock", "frontend/package-lock.json"])
def test_lock_files_pin_by_hash_and_name_no_host(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"https?://[^\s\"]*(pypi|registry|npmjs|localhost|\.internal)", text)
    assert '"resolved"' not in text
    assert text.count("sha256:" if name.endswith(".lock") else '"integrity"') > 100


def test_torch_is_pinned_apart_and_not_in_the_hashed_files():
    assert re.fullmatch(r"torch==\d+\.\d+\.\d+\n", (ROOT / "requirements" / "torch.txt").read_text())
    for name in ("runtime", "dev"):
        assert not re.search(
            r"^(torch|nvidia-\S+|triton)==", (ROOT / "requirements" / f"{name}.lock").read_text(), re.M
        )


def test_there_is_no_default_password_anywhere():
    for path in (ROOT / "workers" / "demo").rglob("*.py"):
        assert not re.search(r"password\s*=\s*[\"']", path.read_text())


def test_the_product_imports_nothing_that_only_development_installs():
    lock = (ROOT / "requirements" / "runtime.lock").read_text()
    installed = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", lock, re.M)} | {"torch"}
    providers = packages_distributions()
    missing = set()
    for context in ("platform", "annotation", "registry", "workers"):
        for path in (ROOT / context).rglob("*.py"):
            if "tests" in path.relative_to(ROOT).parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                    names = [node.module]
                for name in {name.split(".")[0] for name in names}:
                    owners = {owner.lower().replace("_", "-") for owner in providers.get(name, [])}
                    if owners and not owners & installed:
                        missing.add((name, path.relative_to(ROOT).as_posix()))
    assert missing == set()


def test_addresses_of_the_api_are_made_by_reverse():
    """A path that is written out goes wrong when the address moves, and nothing says so."""
    written_out = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for context in ("platform/plateau", "annotation", "registry", "workers")
        for path in (ROOT / context).rglob("*.py")
        if "tests" not in path.relative_to(ROOT).parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        and any(isinstance(part, ast.Constant) and "api/v1/" in str(part.value) for part in node.values)
    ]
    assert written_out == []


def test_what_is_under_way_is_asked_in_one_way():
    """Of a kind and its subject, `find_unfinished_jobs`; of a row with its job in hand, `is_unfinished`."""
    by_hand = re.compile(
        r"import .*\bUNDER_WAY\b|job__state__in=UNFINISHED|\bpayload__\w+=|JobState\.QUEUED|job\.payload = "
    )
    queries = [
        f"{path.relative_to(ROOT)}:{number}"
        for context in ("platform/plateau", "annotation", "registry", "workers")
        for path in (ROOT / context).rglob("*.py")
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
        and not path.is_relative_to(ROOT / "platform/plateau/jobs")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if by_hand.search(line)
    ]
    assert queries == []


@pytest.mark.processes
def test_a_web_process_has_mlflow_loaded_before_it_takes_requests(stack):
    """Or the first callers of its door hold every slot for seconds while annotators wait."""
    code = "import sys, config.wsgi; print('mlflow.server' in sys.modules)"
    env = stack.env | {"MLFLOW_AT_START": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("True")


def test_the_web_process_loads_no_learning_library():
    """Torch alone takes seconds and hundreds of megabytes of every web process; workers load it where it is used."""
    code = (
        "import sys, django; django.setup(); import config.urls; "
        "slow = ('torch', 'onnxruntime', 'sklearn', 'lightgbm', 'optuna', 'numba', 'mlflow'); "
        "slow += ('scipy.stats', 'scipy.optimize'); "
        "print([one for one in slow if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
