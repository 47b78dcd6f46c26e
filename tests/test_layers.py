"""One line for all: `config`, `workers`, `registry`, `annotation`, `plateau`, kits; and inside each, no circle of apps.

An app uses another by an import, a foreign key, `apps.get_model`, the dotted name of what it calls, a reverse relation
of the ORM or a table in SQL, and all of them count alike. What must go upward goes by a registry that those above fill
when Django starts, such as `plateau.datalake.hooks`. import-linter holds imports alone, and earlier in a build.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from registry.contracts.models import ContractEvaluation
from registry.model_versions.models import AliasChange

ROOT = Path(__file__).resolve().parents[1]
# From the top down; what stands in one row does not know each other.
LINE = (("config",), ("workers",), ("registry",), ("annotation",), ("plateau",), ("labelkit",), ("statkit", "launcher"))
HEIGHT = {name: -row for row, names in enumerate(LINE) for name in names}
DOTTED = re.compile(rf"(?:{'|'.join(HEIGHT)})(?:\.\w+)+")
# Applied long ago, when these fields were foreign keys; their constraints are in every database, see the last test.
OLD_MIGRATIONS = {
    ("identity", "0002_initial", "projects"),
    ("jobs", "0001_initial", "projects"),
    ("model_versions", "0002_any_model", "contracts"),
}
SETTINGS = "config.settings"  # where a process begins it tells Django which settings are in force
Edges = dict[tuple[str, str], list[str]]


def room(dotted: str) -> str:
    """`registry.contracts` for whatever lies in there; of an application the folder below `applications`."""
    parts = dotted.split(".")
    return ".".join(parts[: 3 if parts[:2] == ["workers", "applications"] else 2])


def context(dotted: str) -> str:
    return dotted.partition(".")[0]


def ours(dotted: str) -> bool:
    return context(dotted) in HEIGHT


def our_apps() -> list[AppConfig]:
    return [one for one in apps.get_app_configs() if ours(one.name)]


def tables() -> dict[str, str]:
    """The room of each table, those of many-to-many fields too."""
    found = {}
    for app in our_apps():
        for model in app.get_models(include_auto_created=True):
            found[model._meta.db_table.replace('"', "")] = room(app.name)
    return found


def modules() -> Iterator[tuple[str, ast.Module, Path]]:
    for name in HEIGHT:
        base = ROOT / "platform" if (ROOT / "platform" / name).is_dir() else ROOT
        for path in sorted((base / name).rglob("*.py")):
            inside = path.relative_to(base)
            if not {"tests", "migrations"} & set(inside.parts):
                dotted = ".".join(inside.with_suffix("").parts).removesuffix(".__init__")
                yield dotted, ast.parse(path.read_text()), path.relative_to(ROOT)


def imported(module: str, node: ast.AST, *, package: bool) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        parts = module.split(".")
        above = parts[: len(parts) - node.level + package]
        base = ".".join([*above, *([node.module] if node.module else [])])
    return [f"{base}.{one.name}" for one in node.names]


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def asked_of_django(node: ast.AST) -> list[str]:
    """Labels of apps that a call asks Django's registry for; "?" where only running it would tell."""
    if not isinstance(node, ast.Call) or called(node) not in ("get_model", "get_app_config", "get_registered_model"):
        return []
    given = [*node.args, *(one.value for one in node.keywords if one.arg in ("app_label", "model_name"))][:1]
    known = given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str)
    return [given[0].value.partition(".")[0] if known else "?"]


def docstrings(tree: ast.Module) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def upward_relations() -> dict[str, set[tuple[str, str]]]:
    """Reverse relations of models to contexts above them, by how Python or a look-up says them: (context, room)."""
    found = defaultdict(set)
    for app in our_apps():
        for model in app.get_models():
            for relation in model._meta.related_objects:
                source = relation.related_model._meta.app_config.name
                if ours(source) and HEIGHT[context(source)] > HEIGHT[context(app.name)]:
                    for said in (relation.get_accessor_name(), relation.field.related_query_name()):
                        found[said].add((context(app.name), room(source)))
    return found


def own_names() -> dict[str, set[str]]:
    """What a context may mean by a name: fields of its models and of those below."""
    found = defaultdict(set)
    for app in apps.get_app_configs():
        for model in app.get_models(include_auto_created=True):
            own = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
            for name, height in HEIGHT.items():
                if not ours(app.name) or HEIGHT[context(app.name)] <= height:
                    found[name] |= own
    return found


QUERIES = {
    *(
        "filter",
        "exclude",
        "get",
        "one",
        "active",
        "aggregate",
        "annotate",
        "values",
        "values_list",
        "order_by",
        "only",
    ),
    *("only", "defer", "distinct", "select_related", "prefetch_related", "get_or_create", "update_or_create"),
    *("Q", "F", "Count", "Sum", "Min", "Max", "Prefetch", "OuterRef"),
}


def asked_by_lookup(node: ast.AST) -> list[str]:
    """Names in look-ups of a query: `a`, `b` and `c` of `filter(a__b=…)` and `values("c")`."""
    if not isinstance(node, ast.Call) or called(node) not in QUERIES:
        return []
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    said = [*texts, *(one.arg for one in node.keywords if one.arg)]
    return [part for one in said for part in one.lstrip("-").split("__")]


def edges_of_code() -> Edges:
    found: Edges = defaultdict(list)
    labels = {app.label: app.name for app in our_apps()}
    names = tables()
    table = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)")
    reverse, known = upward_relations(), own_names()
    read = list(modules())
    rooms = {room(module) for module, _, _ in read}
    for module, tree, path in read:
        package = path.name == "__init__.py"
        skipped = docstrings(tree)
        for node in ast.walk(tree):
            used = [one for one in imported(module, node, package=package) if ours(one)]
            used += [labels.get(label, f"?.{label}") for label in asked_of_django(node)]
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
                used += [names[one] for one in table.findall(node.value)]
                used += [node.value] if DOTTED.fullmatch(node.value) and node.value != SETTINGS else []
            said = [node.attr] if isinstance(node, ast.Attribute) and node.attr.endswith("_set") else []
            for name in [*said, *asked_by_lookup(node)]:
                if name not in known[context(module)]:
                    used += [source for below, source in reverse.get(name, ()) if _may_mean(module, below, source)]
            for one in used:
                if room(one) != room(module) and (room(one) in rooms or one.startswith("?")):
                    found[room(module), room(one)].append(f"{path}:{getattr(node, 'lineno', 0)}")
    return found


def _may_mean(module: str, below: str, source: str) -> bool:
    return HEIGHT[below] <= HEIGHT[context(module)] < HEIGHT[context(source)]


def edges_of_models() -> Edges:
    found: Edges = defaultdict(list)
    for app in our_apps():
        for model in app.get_models():
            for field in model._meta.get_fields(include_hidden=True):
                other = field.related_model if field.is_relation and not field.auto_created else None
                for to in [other, getattr(getattr(field, "remote_field", None), "through", None)] if other else []:
                    name = to._meta.app_config.name if to is not None and to != "self" else app.name
                    if ours(name) and room(name) != room(app.name):
                        found[room(app.name), room(name)].append(f"{model._meta.label}.{field.name}")
    return found


def edges() -> Edges:
    found = edges_of_code()
    for pair, where in edges_of_models().items():
        found[pair] += where
    return found


def upward(found: Edges) -> dict[str, list[str]]:
    """What points up, or sideways to a neighbor; a name that cannot be read counts too."""
    return {
        f"{one} → {other}": where
        for (one, other), where in sorted(found.items())
        if not ours(other) or (context(one) != context(other) and HEIGHT[context(other)] >= HEIGHT[context(one)])
    }


def circles(pairs: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """Rooms of one context that reach each other, as sets of two or more."""
    direct = defaultdict(set)
    for one, other in pairs:
        if context(one) == context(other):
            direct[one].add(other)
    reached = {}
    for start in direct:
        seen, waiting = set(), [start]
        while waiting:
            new = direct.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        reached[start] = seen
    return {
        frozenset(other for other in reached if other in reached[one] and one in reached[other])
        for one in reached
        if one in reached[one]
    }


def inside(found: Edges, circle: Iterable[str]) -> dict[str, list[str]]:
    circle = set(circle)
    return {f"{one} → {other}": where for (one, other), where in sorted(found.items()) if {one, other} <= circle}


def test_no_app_uses_a_context_above_its_own():
    assert upward(edges()) == {}


def test_apps_of_a_context_form_no_circle():
    found = edges()
    assert {circle: inside(found, circle) for circle in circles(found)} == {}


def test_no_new_migration_needs_one_of_a_context_above():
    names = {app.label: app.name for app in our_apps()}
    found = set()
    for (label, name), migration in MigrationLoader(None).disk_migrations.items():
        for other, _ in migration.dependencies:
            if {label, other} <= names.keys() and label != other:
                pair = {(names[label], names[other]): [name]}
                if upward(pair) or (label, other) == ("model_versions", "contracts"):
                    found.add((label, name, other))
    assert found == OLD_MIGRATIONS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "column", "to"),
    [
        ("identity_apitoken", "project_id", "projects_project"),
        ("jobs_job", "project_id", "projects_project"),
        (AliasChange._meta.db_table, "contract_evaluation_id", ContractEvaluation._meta.db_table),
    ],
)
def test_what_is_named_by_number_is_there(table, column, to):
    """Fields that would point upward are numbers for Django, and foreign keys with an index for the database."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    assert [one["foreign_key"] for one in found if one["columns"] == [column] and one["foreign_key"]] == [(to, "id")]
    assert [one for one in found if one["columns"] == [column] and one["index"]]
