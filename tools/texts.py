"""Collect what the server says to people, and bring the catalogs of `plateau/texts` up to date.

`python tools/texts.py`: texts that are new get an entry without a translation, those that nobody says any more go.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOG = ROOT / "platform" / "plateau" / "texts" / "ja.po"
# MLflow's clients, operators and developers read English.
ENGLISH_ALONE = (
    "config/", "platform/launcher/", "platform/statkit/", "platform/plateau/backups/", "platform/plateau/secrets/",
    "platform/plateau/database/", "platform/plateau/sandbox/", "platform/plateau/storage/guarded",
    "platform/plateau/storage/walk.py", "platform/plateau/storage/presigned.py", "registry/mlflow_proxy/",
    "platform/plateau/releases/", "platform/plateau/telemetry/", "platform/labelkit/catalog.py",
    "registry/mlflow_store/", "platform/plateau/network/email_url.py",
)  # fmt: skip
OTHER_ERRORS = {
    "BadArchive",
    "InvalidValue",
    "TooLarge",
    "UnreadableFile",
    "ValueError",
    "invalid_at",
    "ValidationError",
}
# Variables and keywords that hold what somebody is told.
NAMES = {
    "restriction_reason",
    "message",
    "detail",
    "problem",
    "reason",
    "pause_reason",
    "finding",
    "last_error",
    "template",
}


@cache
def sources() -> dict[str, ast.Module]:
    """Modules that may say something to a person, by their paths."""
    folders = ("platform", "annotation", "registry", "workers")
    listed = subprocess.check_output(["git", "ls-files", "--cached", "--others", *folders], cwd=ROOT, text=True)
    paths = [path for path in listed.split() if path.endswith(".py") and (ROOT / path).exists()]
    skipped = ("/tests/", "/migrations/", "/management/")
    return {
        path: ast.parse((ROOT / path).read_text())
        for path in paths
        if not path.startswith(ENGLISH_ALONE) and not any(part in f"/{path}" for part in skipped)
    }


@cache
def error_classes() -> dict[str, ast.ClassDef]:
    """`APIError` and what derives from it."""
    classes = {
        node.name: node for tree in sources().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }
    known = {"APIError"}
    while True:
        more = {
            name
            for name, node in classes.items()
            if any(ast.unparse(base).rpartition(".")[2] in known for base in node.bases)
        }
        if more <= known:
            return {name: classes[name] for name in known}
        known |= more


def texts_in_sources() -> dict[str, str]:
    """Each text with the place of one of those who say it."""
    return {
        text: f"{path}:{node.lineno}"
        for path, tree in sources().items()
        for node in _spoken(path, tree)
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str) and _is_text(text)
    }


def interpolated() -> list[str]:
    """Places where values are put into a text that no catalog can hold: `Message` keeps both apart."""
    return [
        f"{path}:{node.lineno}"
        for path, tree in sources().items()
        for node in _spoken(path, tree)
        if isinstance(node, ast.JoinedStr)
    ]


def _is_text(text: str) -> bool:
    return "%(" not in text and bool(re.search(r"[^\W\d_]", re.sub(r"\{[^}]*\}", "", text)))


def _spoken(path: str, tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for spoken in _of_call(path, node):
                yield from _branches(spoken)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name | ast.Attribute) and _name(target) in NAMES for target in targets):
                yield from _branches(node.value)
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            values = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "message"]
            yield from (branch for value in values for branch in _branches(value))
        elif isinstance(node, ast.FunctionDef) and "problem" in node.name:
            returned = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value]
            yield from (branch for value in returned for branch in _branches(value))
        elif isinstance(node, ast.ClassDef) and node.name in error_classes():
            assigned = [statement for statement in node.body if isinstance(statement, ast.Assign)]
            yield from (statement.value for statement in assigned if _name(statement.targets[0]) == "title")


def _of_call(path: str, call: ast.Call) -> Iterator[ast.expr]:
    name, owner = _name(call.func), _name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if name in ("Message", "as_message", "translate") and call.args:
        yield call.args[0]
    elif name in ("in_field", "invalid_at") and len(call.args) > 1:
        yield call.args[1]
    elif name in error_classes() or name in OTHER_ERRORS or (name == "__init__" and path.endswith("errors.py")):
        yield from call.args[1:] if len(call.args) > 1 and _is_key(call.args[0]) else call.args
    elif owner == "super" and name == "__init__":
        return
    spoken = ("message", "detail", "restriction_reason")
    yield from (keyword.value for keyword in call.keywords if keyword.arg in spoken)


def _is_key(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.IfExp) or (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.fullmatch(r"[a-z0-9_.]+", node.value))
    )


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _branches(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from _branches(node.body)
        yield from _branches(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _branches(value)
    else:
        yield node


def registered_texts() -> dict[str, str]:
    """Texts of everything that registers itself: recipes, metrics, types, kinds of jobs and of notifications."""
    from annotation.formats.catalog import FORMATS
    from labelkit.media import MEDIA_TYPES
    from labelkit.metrics.catalog import METRICS
    from labelkit.project_types import PROJECT_TYPES
    from labelkit.validation import TEMPLATES
    from plateau.http.problems import _CODES
    from plateau.jobs.kinds import JOB_KINDS
    from plateau.notifications import emails
    from plateau.notifications.kinds import NOTIFICATION_KINDS
    from registry.contracts.notification_kinds import VERDICTS
    from registry.contracts.report_texts import TEXTS
    from workers.catalog import RECIPES

    rows: list[tuple[str, str]] = []
    for recipe in RECIPES.values():
        rows += [(f"recipe {recipe.key}", text) for text in (recipe.title, recipe.description)]
        rows += [(f"parameter {recipe.key}.{param.key}", param.title) for param in recipe.params]
    rows += [(f"metric {m.key}", text) for m in METRICS.values() for text in (m.title, m.description)]
    rows += [(f"project type {t.key}", t.title) for t in PROJECT_TYPES.values()]
    rows += [(f"media type {t.key}", t.title) for t in MEDIA_TYPES.values()]
    rows += [(f"format {f.key}", f.title) for f in FORMATS.values()]
    rows += [(f"job kind {key}", entry.kind.title) for key, entry in JOB_KINDS.items()]
    kinds = [*NOTIFICATION_KINDS.values(), emails.INVITATION, emails.PASSWORD_RESET]
    rows += [(f"notification {kind.key}", text) for kind in kinds for text in (kind.subject, kind.text)]
    rows += [("e-mail", text) for text in (emails._OPEN, emails._CHOOSE, emails._HELLO, emails._FOOTER)]
    rows += [(f"verdict {key}", text) for key, text in VERDICTS.items()]
    rows += [(f"report {key}", text) for key, text in TEXTS.items()]
    rows += [(f"validation {key}", text) for key, texts in TEMPLATES.items() for text in texts]
    rows += [("problem", title) for _, _, title in _CODES.values()]
    return {text: place for place, text in rows if text}


def all_texts() -> dict[str, str]:
    """Every text, with one of its places."""
    return registered_texts() | texts_in_sources()


def write_catalog(translations: dict[str, str]) -> list[str]:
    """Write the catalog anew; returns what has no translation."""
    texts = sorted(all_texts(), key=str.casefold)
    entries = [f"msgid {_quoted(text)}\nmsgstr {_quoted(translations.get(text, ''))}\n" for text in texts]
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: ja\\n"\n'
    CATALOG.write_text("\n".join([head, *entries]))
    return [text for text in texts if not translations.get(text)]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    import django

    django.setup()
    from plateau.texts.catalog import read_catalog

    for missing in write_catalog(read_catalog("ja")):
        sys.stdout.write(f"no translation: {missing}\n")
