"""The documentation site: its links hold, the product serves it, and nothing of it comes from elsewhere."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.db.models import ForeignKey
from django.test import Client

from plateau.releases.version import product_version

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("plateau", "annotation", "registry", "workers")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Built with every warning as an error: a link that leads nowhere is one."""
    folder = tmp_path_factory.mktemp("documentation") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def served(site, settings):
    settings.DOCUMENTATION_ROOT = site
    return Client()


def body(response) -> str:
    return b"".join(response.streaming_content if response.streaming else [response.content]).decode()


def test_pages_and_the_search_index_are_served_with_the_policy(served):
    start = served.get("/docs/")
    assert (start.status_code, start["Content-Type"]) == (200, "text/html")
    assert "<h1" in body(start)
    assert "script-src 'self'" in start["Content-Security-Policy"]
    concepts = served.get("/docs/concepts/")
    assert "held-out test set" in body(concepts).lower()
    index = served.get("/docs/search/search_index.json")
    assert index["Content-Type"] == "application/json"
    locations = {entry["location"] for entry in json.loads(body(index))["docs"]}
    assert {"concepts/", "how-to/api/", "reference/api/"} <= locations
    again = served.get("/docs/", headers={"If-Modified-Since": start["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize("address", ["/docs", "/docs/concepts"])
def test_an_address_without_its_slash_leads_to_the_page(served, address):
    response = served.get(address)
    assert (response.status_code, response["Location"]) == (301, f"{address}/")


@pytest.mark.parametrize(
    "path",
    ["nothing/", "nothing", "../../pyproject.toml", "%2e%2e/pyproject.toml", "//etc/passwd", "%00"],
)
def test_what_is_not_of_the_site_is_missing(served, path):
    response = served.get(f"/docs/{path}")
    assert response.status_code == 404
    page = body(response)
    assert 'href="/docs/assets/' in page
    assert re.findall(r'(?:href|src)="/(?!docs/)[^"]*"', page) == []


def test_a_site_that_is_not_built_says_how_to_build_it(settings, tmp_path):
    settings.DOCUMENTATION_ROOT = tmp_path
    response = Client().get("/docs/concepts/")
    assert response.status_code == 503
    assert "make docs" in body(response)


def test_pages_hold_no_script_or_style_of_their_own_and_load_nothing_from_elsewhere(site):
    """Our policy would refuse the ones, and a network without a way out the others."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 50
    for page in pages:
        text = page.read_text()
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or 'type="application/json"' in tag, (page, tag)
        assert not re.search(r"<style|<[^>]+\s(style|on\w+)=", text), page
        loaded = re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=\"?([^\"\s>]+)", text)
        assert [address for address in loaded if re.match(r"[a-z]+:|//", address)] == [], page
        for address in loaded:
            path = site / address.removeprefix("/docs/") if address.startswith("/") else page.parent / address
            assert path.exists(), (page, address)
    for style in site.rglob("*.css"):
        assert not re.search(r"@import|url\(\"?'?(https?:)?//", style.read_text()), style


def test_every_operation_is_in_the_reference(site):
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    text = (site / "reference" / "api" / "index.html").read_text()
    for path, operations in document["paths"].items():
        for method in {"get", "post", "put", "patch", "delete"} & operations.keys():
            shown = f"{method.upper()} {path.removeprefix('/api/v1')}"
            assert f"<code>{shown}</code>" in text, shown


def test_the_data_model_shows_every_table_and_key(site):
    """What Django's registry has, asked in another way than the page's generator asks."""
    text = (site / "concepts" / "data-model" / "index.html").read_text()
    tables = text[text.index("<table") :]
    shown = dict(re.findall(r"<tr>\s*<td>(\w+)</td>\s*<td>.*?</td>\s*<td>(.*?)</td>\s*</tr>", tables, re.S))
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS and model._meta.managed]
    assert set(shown) == {model.__name__ for model in ours}
    for model in ours:
        keys = {field.name for field in model._meta.fields if isinstance(field, ForeignKey)}
        assert set(re.findall(r"<code>(\w+)</code>", shown[model.__name__])) == keys, model


def test_the_drawing_of_the_data_model_shows_keys_that_there_are(site):
    text = (site / "concepts" / "data-model" / "index.html").read_text()
    by_name = {model.__name__: model for model in apps.get_models()}
    arrows = re.findall(r"<title>(\w+) → (\w+)</title>", text)
    assert {("Item", "Dataset"), ("Task", "Item"), ("Annotation", "Task"), ("Snapshot", "Project")} <= set(arrows)
    for source, target in arrows:
        assert any(field.related_model is by_name[target] for field in by_name[source]._meta.fields), (source, target)


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "tutorials").glob("*.md")), ids=lambda page: page.stem)
def test_what_a_tutorial_prints_bold_stands_on_a_screen(page):
    screens = "\n".join(path.read_text() for path in (ROOT / "frontend" / "src").rglob("*.tsx"))
    screens += "\n".join(path.read_text() for path in (ROOT / "frontend" / "src").rglob("*.ts"))
    labels = re.findall(r"\*\*(.+?)\*\*", page.read_text(), re.S)
    assert [label for label in map(_on_one_line, labels) if f'"{label}"' not in screens] == []
    assert labels or page.stem == "README"


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_has_context_options_decision_and_consequences(page):
    text = page.read_text()
    assert re.findall(r"^## (.*)$", text, re.M) == ["Context", "Options", "Decision", "Consequences"]
    title = text.partition("\n")[0].removeprefix("# ").partition(". ")[2]
    assert f"[{title}]({page.name})" in (ROOT / "docs" / "decisions" / "README.md").read_text()


def test_the_version_stands_in_one_place_and_everything_reads_it(site):
    assert product_version() == VERSION
    assert json.loads((ROOT / "docs" / "openapi.json").read_text())["info"]["version"] == VERSION
    assert f"Plateau {VERSION}" in (site / "index.html").read_text()
    assert "version" not in json.loads((ROOT / "frontend" / "package.json").read_text())
    assert "version" not in json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    assert yaml.safe_load((ROOT / "docker-compose.yml").read_text())["x-plateau"]["image"] == "plateau"
    number = re.compile(r"(plateau:|PLATEAU_VERSION=\D{0,2})\d")
    for name in ("Dockerfile", "docker-compose.yml", "deploy/kubernetes/plateau.yaml", "docs/how-to/kubernetes.md"):
        assert not number.search((ROOT / name).read_text()), name


def test_changes_since_the_newest_recorded_release_stand_under_unreleased():
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[0] in ("Unreleased", f"{VERSION} (unreleased)") or headings[0].startswith(f"{VERSION} (2")
    records = {path.stem for path in (ROOT / "platform/plateau/releases/releases").glob("*.json")}
    assert records <= {heading.split()[0] for heading in headings[1:] if "unreleased" not in heading} | {VERSION}
