"""The kits stand alone: their examples run, say where a statistic comes from, and need no framework."""

import ast
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

PLATFORM = Path(__file__).parent.parent / "platform"
KITS = ("labelkit", "statkit")
FRAMEWORKS = ("django", "rest_framework", "celery", "torch", "mlflow")
CONTEXTS = ("plateau", "annotation", "registry", "workers", "config")


def modules_of(kit: str) -> list[str]:
    package = importlib.import_module(kit)
    names = [module.name for module in pkgutil.walk_packages(package.__path__, f"{kit}.")]
    return [kit, *(name for name in names if "tests" not in name.split("."))]


def public_functions_of(name: str) -> list[tuple[str, str]]:
    """Name and docstring of what the module itself defines; caches are looked through."""
    module = importlib.import_module(name)
    functions = {key: inspect.unwrap(value) for key, value in vars(module).items() if callable(value)}
    return [
        (f"{name}.{key}", inspect.getdoc(value) or "")
        for key, value in functions.items()
        if inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
    ]


@pytest.mark.parametrize("name", [name for kit in KITS for name in modules_of(kit)])
def test_examples_give_what_they_show(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_statistic_has_an_example_and_its_source():
    functions = [entry for name in modules_of("statkit") for entry in public_functions_of(name)]
    assert len(functions) > 40
    cited = re.compile(r"^References?: (none; \S|.*\b(1[89]|20)\d\d\b)", re.MULTILINE)
    assert [name for name, doc in functions if ">>> " not in doc] == []
    assert [name for name, doc in functions if not cited.search(doc)] == []


@pytest.mark.parametrize("kit", KITS)
def test_a_kit_is_imported_where_no_framework_can_be(kit):
    program = f"""
import importlib, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {(*FRAMEWORKS, *CONTEXTS)}:
            raise ImportError(f"{{name}} is blocked")

sys.meta_path.insert(0, Blocked())
for name in {modules_of(kit)}:
    importlib.import_module(name)
"""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PLATFORM)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def imported_by(path: Path) -> set[str]:
    """Top-level names of every package that a file imports anywhere, the standard library left out."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)


def test_statkit_stands_on_numpy_and_scipy_alone():
    files = [path for path in (PLATFORM / "statkit").rglob("*.py") if "tests" not in path.relative_to(PLATFORM).parts]
    assert set().union(*map(imported_by, files)) == {"numpy", "scipy", "statkit"}


def dataclasses_of_intervals() -> list[str]:
    """Dataclasses that have a `low`, a `high` and a figure between them."""
    names = []
    for context in ("platform", "annotation", "registry", "workers"):
        for path in (PLATFORM.parent / context).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(d) for d in node.decorator_list):
                    fields = {
                        ast.unparse(statement.target) for statement in node.body if isinstance(statement, ast.AnnAssign)
                    }
                    if {"low", "high"} <= fields and fields & {"value", "mean", "median", "middle"}:
                        names.append(node.name)
    return names


def test_a_figure_with_its_interval_is_one_class():
    assert dataclasses_of_intervals() == ["Interval"]
