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
    return [config for config in apps.get_app_configs() if ours(config.name)]


def tables() -> dict[str, str]:
    """The room of each table, those of many-to-many fields too."""
    room_of_table = {}
    for app in our_apps():
        for model in app.get_models(include_auto_created=True):
            room_of_table[model._meta.db_table.replace('"', "")] = room(app.name)
    return room_of_table


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
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        parts = module.split(".")
        above = parts[: len(parts) - node.level + package]
        base = ".".join([*above, *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" for alias in node.names]


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def asked_of_django(node: ast.AST) -> list[str]:
    """Labels of apps that a call asks Django's registry for; "?" where only running it would tell."""
    if not isinstance(node, ast.Call) or called(node) not in ("get_model", "get_app_config", "get_registered_model"):
        return []
    labels = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in ("app_label", "model_name"))][
        :1
    ]
    is_literal = labels and isinstance(labels[0], ast.Constant) and isinstance(labels[0].value, str)
    return [labels[0].value.partition(".")[0] if is_literal else "?"]


def docstrings(tree: ast.Module) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def upward_relations() -> dict[str, set[tuple[str, str]]]:
    """Reverse relations of models to contexts above them, by how Python or a look-up says them: (context, room)."""
    relations = defaultdict(set)
    for app in our_apps():
        for model in app.get_models():
            for relation in model._meta.related_objects:
                source = relation.related_model._meta.app_config.name
                if ours(source) and HEIGHT[context(source)] > HEIGHT[context(app.name)]:
                    for name in (relation.get_accessor_name(), relation.field.related_query_name()):
                        relations[name].add((context(app.name), room(source)))
    return relations


def own_names() -> dict[str, set[str]]:
    """What a context may mean by a name: fields of its models and of those below."""
    names_by_context = defaultdict(set)
    for app in apps.get_app_configs():
        for model in app.get_models(include_auto_created=True):
            own = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
            for name, height in HEIGHT.items():
                if not ours(app.name) or HEIGHT[context(app.name)] <= height:
                    names_by_context[name] |= own
    return names_by_context


QUERIES = {
    *(
        "filter",
        "exclude",
        "get",
        "get_or_404",
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
    positional = [
        argument.value
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    lookups = [*positional, *(argument.arg for argument in node.keywords if argument.arg)]
    return [part for lookup in lookups for part in lookup.lstrip("-").split("__")]


def edges_of_code() -> Edges:
    edges_found: Edges = defaultdict(list)
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
            targets = [target for target in imported(module, node, package=package) if ours(target)]
            targets += [labels.get(label, f"?.{label}") for label in asked_of_django(node)]
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
                targets += [names[target] for target in table.findall(node.value)]
                targets += [node.value] if DOTTED.fullmatch(node.value) and node.value != SETTINGS else []
            accessors = [node.attr] if isinstance(node, ast.Attribute) and node.attr.endswith("_set") else []
            for name in [*accessors, *asked_by_lookup(node)]:
                if name not in known[context(module)]:
                    targets += [source for below, source in reverse.get(name, ()) if _may_mean(module, below, source)]
            for target in targets:
                if room(target) != room(module) and (room(target) in rooms or target.startswith("?")):
                    edges_found[room(module), room(target)].append(f"{path}:{getattr(node, 'lineno', 0)}")
    return edges_found


def _may_mean(module: str, below: str, source: str) -> bool:
    return HEIGHT[below] <= HEIGHT[context(module)] < HEIGHT[context(source)]


def edges_of_models() -> Edges:
    edges_found: Edges = defaultdict(list)
    for app in our_apps():
        for model in app.get_models():
            for field in model._meta.get_fields(include_hidden=True):
                related = field.related_model if field.is_relation and not field.auto_created else None
                for target in (
                    [related, getattr(getattr(field, "remote_field", None), "through", None)] if related else []
                ):
                    name = target._meta.app_config.name if target is not None and target != "self" else app.name
                    if ours(name) and room(name) != room(app.name):
                        edges_found[room(app.name), room(name)].append(f"{model._meta.label}.{field.name}")
    return edges_found


def edges() -> Edges:
    edges_found = edges_of_code()
    for pair, where in edges_of_models().items():
        edges_found[pair] += where
    return edges_found


def upward(edges_found: Edges) -> dict[str, list[str]]:
    """What points up, or sideways to a neighbor; a name that cannot be read counts too."""
    return {
        f"{source} → {target}": where
        for (source, target), where in sorted(edges_found.items())
        if not ours(target)
        or (context(source) != context(target) and HEIGHT[context(target)] >= HEIGHT[context(source)])
    }


def circles(pairs: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """Rooms of one context that reach each other, as sets of two or more."""
    direct = defaultdict(set)
    for source, target in pairs:
        if context(source) == context(target):
            direct[source].add(target)
    reached = {}
    for start in direct:
        visited, waiting = set(), [start]
        while waiting:
            new = direct.get(waiting.pop(), set()) - visited
            visited |= new
            waiting += new
        reached[start] = visited
    return {
        frozenset(target for target in reached if target in reached[source] and source in reached[target])
        for source in reached
        if source in reached[source]
    }


def inside(edges_found: Edges, circle: Iterable[str]) -> dict[str, list[str]]:
    circle = set(circle)
    return {
        f"{source} → {target}": where
        for (source, target), where in sorted(edges_found.items())
        if {source, target} <= circle
    }


def test_no_app_uses_a_context_above_its_own():
    assert upward(edges()) == {}


def test_apps_of_a_context_form_no_circle():
    edges_found = edges()
    assert {circle: inside(edges_found, circle) for circle in circles(edges_found)} == {}


def test_no_new_migration_needs_one_of_a_context_above():
    names = {app.label: app.name for app in our_apps()}
    upward_dependencies = set()
    for (label, name), migration in MigrationLoader(None).disk_migrations.items():
        for dependency, _ in migration.dependencies:
            if {label, dependency} <= names.keys() and label != dependency:
                pair = {(names[label], names[dependency]): [name]}
                if upward(pair) or (label, dependency) == ("model_versions", "contracts"):
                    upward_dependencies.add((label, name, dependency))
    assert upward_dependencies == OLD_MIGRATIONS


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
        constraints = connection.introspection.get_constraints(cursor, table).values()
    assert [
        constraint["foreign_key"]
        for constraint in constraints
        if constraint["columns"] == [column] and constraint["foreign_key"]
    ] == [(to, "id")]
    assert [constraint for constraint in constraints if constraint["columns"] == [column] and constraint["index"]]
