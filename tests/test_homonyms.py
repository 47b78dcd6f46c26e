"""One name, one meaning: no two classes of one name in different modules of the product."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("config", "platform", "annotation", "registry", "workers")
CONVENTIONS = {
    "Command",  # Django finds management commands by it
    "Parameters",  # of a recipe, one in each recipe's file (docs/how-to)
}


def modules_by_class(root: Path) -> dict[str, list[str]]:
    """Public classes at the top of modules, tests and migrations apart."""
    modules = defaultdict(list)
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if {"tests", "migrations"} & set(path.parts):
                continue
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    modules[node.name].append(str(path.relative_to(root)))
    return modules


def test_no_two_classes_share_a_name():
    homonyms = {name: paths for name, paths in modules_by_class(ROOT).items() if len(paths) > 1}
    assert {name: paths for name, paths in homonyms.items() if name not in CONVENTIONS} == {}
