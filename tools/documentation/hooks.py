"""Hooks of mkdocs: pages that are generated at each build, and scripts that our security policy lets run."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from api_reference import describe_operations
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
# Files at the top of the repository that are pages as well.
PAGES_OF_THE_REPOSITORY = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
INLINE_SCRIPT = re.compile(r"<script>(.+?)</script>", re.S)

_scripts: dict[str, str] = {}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Say on each page which version it describes."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    config.copyright = f"Plateau {version}"
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add pages that lie elsewhere in the repository."""
    for source, name in PAGES_OF_THE_REPOSITORY.items():
        text = (ROOT / source).read_text().replace("](docs/", "](")
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put what is generated in the place of its mark."""
    if "<!-- operations -->" in markdown:
        document = json.loads((ROOT / "docs" / "openapi.json").read_text())
        markdown = markdown.replace("<!-- operations -->", describe_operations(document))
    if "<!-- data model -->" in markdown:
        markdown = markdown.replace("<!-- data model -->", _data_model())
    return markdown


def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> dict[str, Any]:
    """Address the files of the page for missing pages from the root: it is shown at any depth."""
    if template_name == "404.html":
        context["base_url"] = "/docs/"
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Move scripts out of a page: the policy runs those of files alone."""
    return _move_scripts(output, page.url.count("/") * "../")


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """Do the same with the page for missing pages."""
    return _move_scripts(output_content, "/docs/") if template_name == "404.html" else output_content


def on_post_build(config: MkDocsConfig) -> None:
    """Write the scripts, and leave out the site map, which needs an address that is the same everywhere."""
    folder = Path(config.site_dir)
    for name, script in _scripts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script)
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (folder / name).unlink(missing_ok=True)


def _data_model() -> str:
    """The data model, read by a process of its own: Django's settings are nothing for mkdocs."""
    program = [sys.executable, Path(__file__).with_name("data_model.py")]
    process = subprocess.run(program, capture_output=True, text=True, check=False)
    if process.returncode:
        raise PluginError(f"the data model cannot be drawn: {process.stderr.strip()}")
    markdown: str = json.loads(process.stdout)
    return markdown


def _move_scripts(page: str, prefix: str) -> str:
    def move(match: re.Match[str]) -> str:
        script = match[1]
        name = f"assets/javascripts/inline/{hashlib.sha256(script.encode()).hexdigest()[:16]}.js"
        _scripts[name] = script
        return f'<script src="{prefix}{name}"></script>'

    return INLINE_SCRIPT.sub(move, page)
