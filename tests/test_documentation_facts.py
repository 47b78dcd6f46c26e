"""What the documentation names exists in the code: commands, settings, API operations, codes, and labels on screens."""

import functools
import json
import re
import shlex
import subprocess
from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
GUIDES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
RUNBOOKS = sorted((ROOT / "docs" / "runbooks").glob("[!R]*.md"))
SOURCES = (".py", ".ts", ".tsx", ".json", ".yml", ".yaml", ".toml", ".sql", ".example", "Procfile", "Makefile")
# Options of commands that are not ours, such as Django's own, are left out.
OUR_APPS = ("plateau.", "annotation.", "registry.", "workers.")
# Of Linux, of MLflow, of PostgreSQL.
NAMES_OF_OTHERS = {
    *("no_new_privs", "update_model_requirements"),
    *("last_archived_time", "pg_stat_archiver", "pg_archivecleanup"),
}
# Words of the former vocabulary that mean something else to a reader from the field, and what is said instead.
FORMER_TERMS = {
    r"sealed (split|items?|side|labels?|test)": "held-out test set",
    r"doubts?\b|doubtful": "label issues",
    r"\bjudg(e|es|ed|ing)\b": "evaluate",
    r"\bdrawn? up\b": "create",
    r"MLflow's (door|gate)|\bat (every|the) door\b": "MLflow proxy",
    r"practice (items?|tasks?)": "qualification task",
    r"recipe cards?": "recipe spec",
    r"\bproposals?\b": "pre-annotation",
    r"\bmended\b": "corrected",
    r"\b(is|are|was|were) told\b": "receives, is notified",
    r"\b(is|are|that is|when it is) away\b": "unavailable",
    r"\bpictures?\b": "image",
    r"\ba person's word\b|on the word of": "",
    r"ordered a (training|job)": "submitted",
}


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def without_blocks(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.S | re.M)


def code_in(page: Path) -> list[str]:
    """Inline code outside blocks, but for former names: `former` → `present`."""
    return re.findall(r"`([^`\n]+)`(?! →)", without_blocks(page.read_text()))


def commands_in(page: Path, program: str) -> list[str]:
    """What follows `program` in code, inline or in blocks, to the end of the command."""
    text = page.read_text()
    blocks = [line for block in re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.S | re.M) for line in block.splitlines()]
    return [
        re.split(r"\s+#|[;|&)]", part)[0].strip()
        for snippet in [*blocks, *code_in(page)]
        for part in re.findall(rf"(?<![\w./-]){re.escape(program)} (.*)", snippet.replace(".venv/bin/python ", ""))
    ]


@functools.cache
def words_of_the_code() -> frozenset[str]:
    """Every word of the sources outside `docs/`, and of the OpenAPI document."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listing.splitlines() if name.endswith(SOURCES)]
    names = [name for name in names if not name.startswith("docs/") or name == "docs/openapi.json"]
    names = [name for name in names if name != name_of(Path(__file__))]
    return frozenset(word for name in names for word in re.findall(r"\w+", (ROOT / name).read_text()))


@functools.cache
def operations() -> frozenset[tuple[str, str]]:
    """Method and path of each operation; parameters as `*`."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    return frozenset(
        (method.upper(), re.sub(r"\{.*?\}", "*", path))
        for path, methods in document["paths"].items()
        for method in methods
    )


def is_operation(method: str, path: str) -> bool:
    """Whether the API has such an operation; an id or a name may stand for a parameter.

    Without a method, an operation below the path is enough.
    """
    parts = path.partition("?")[0].split("/")
    for known_method, known_path in operations():
        known = known_path.split("/")
        if method and (known_method != method or len(known) != len(parts)):
            continue
        if all(b in (a, "*") for a, b in zip(parts if method else parts[:-1], known, strict=False)):
            return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_operations_of_the_api_exist(page):
    text = page.read_text()
    named = re.findall(r"(?:(GET|POST|PUT|PATCH|DELETE) )?\S*?(/api/v1/[^\s`\"'),;]*)", text)
    assert [entry for entry in named if not is_operation(*entry)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_management_commands_and_their_options_exist(page):
    known = get_commands()
    for command in commands_in(page, "manage.py") + commands_in(page, "python manage.py"):
        name, *options = shlex.split(command)
        assert name in known, command
        if str(known[name]).startswith(OUR_APPS):
            parser = load_command_class(known[name], name).create_parser("manage.py", name)
            assert {option for option in options if option.startswith("--")} <= options_of(parser), command


def options_of(parser: ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_targets_of_make_exist(page):
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert {command.split()[0] for command in commands_in(page, "make")} - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_settings_codes_and_fields_are_names_in_the_code(page):
    """Names in code type: settings in capitals, and error codes, fields, tables and job kinds with an underscore."""
    names = [name for code in code_in(page) for name in re.findall(r"(?<![\w./:-])[A-Za-z]\w*_\w+(?![\w/-])", code)]
    blocks = re.findall(r"^ *```(?:python|toml).*?^ *```$", page.read_text(), re.S | re.M)
    own = set(re.findall(r"\w+", "".join(blocks)))
    assert [name for name in names if name not in words_of_the_code() | own | NAMES_OF_OTHERS] == []


@functools.cache
def screens() -> str:
    """The source of all screens."""
    return "\n".join(path.read_text() for path in (ROOT / "frontend" / "src").rglob("*.ts*"))


@pytest.mark.parametrize("page", GUIDES + RUNBOOKS, ids=name_of)
def test_what_a_guide_prints_bold_is_a_label_on_a_screen(page):
    labels = [re.sub(r"\s+", " ", label) for label in re.findall(r"\*\*(.+?)\*\*", page.read_text(), re.S)]
    assert [label for label in labels if f'"{label}"' not in screens()] == []


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_a_guide_says_what_it_needs_and_what_to_do_when_it_fails(page):
    headings = re.findall(r"^## (.*)$", page.read_text(), re.M)
    assert {"Before you start", "Troubleshooting"} <= set(headings), headings
    assert len(headings) > 2


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_use_the_terms_of_the_field(page):
    """Code, addresses, file names and labels of screens (bold, italic) are left out."""
    text = re.sub(
        r"`[^`]*`|\]\([^)]*\)|\*\*.+?\*\*|\*[^*\n]+\*|“[^”]*”", "", without_blocks(page.read_text()), flags=re.S
    )
    former = {
        match[0]: term for pattern, term in FORMER_TERMS.items() for match in re.finditer(pattern, text, re.IGNORECASE)
    }
    assert former == {}
