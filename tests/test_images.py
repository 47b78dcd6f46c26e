"""Images of others: each by tag and digest, from one file; digests come from a registry's own bytes."""

import hashlib
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tools.images import LOCK, MANIFESTS, RegistryError, find_unpinned, lock, resolve_digest

ROOT = Path(__file__).resolve().parents[1]
# No registry was asked, and nobody was found who pins the tag: `make check-images` says so.
NOT_PINNED_YET = {"VALKEY_IMAGE"}
INDEX = json.dumps({"schemaVersion": 2, "manifests": [{"digest": "sha256:" + "1" * 64}]}).encode()
DIGEST = f"sha256:{hashlib.sha256(INDEX).hexdigest()}"


class Registry(BaseHTTPRequestHandler):
    """The two calls of the distribution API that reading a tag takes: a manifest, and the token for it."""

    def do_GET(self):
        host = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.startswith("/token?"):
            assert "scope=repository%3A" in self.path
            return self.answer(200, json.dumps({"token": "for-reading"}).encode())
        name, _, tag = self.path.removeprefix("/v2/").partition("/manifests/")
        if self.headers.get("Authorization") != "Bearer for-reading":
            challenge = f'Bearer realm="{host}/token",service="registry",scope="repository:{name}:pull"'
            return self.answer(401, b"{}", {"WWW-Authenticate": challenge})
        if name.split("/")[-1] in self.server.unknown:
            return self.answer(404, b"{}")
        assert "/" in name
        assert "index" in self.headers["Accept"]
        assert tag
        return self.answer(200, INDEX)

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for header, value in dict(headers).items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def registry():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    server.unknown = set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()


@pytest.fixture
def copies(tmp_path):
    """The files that are locked, to be changed."""
    for path in (LOCK, MANIFESTS):
        (tmp_path / path.name).write_text(path.read_text())
    return tmp_path / LOCK.name, tmp_path / MANIFESTS.name


def test_locking_writes_the_digest_of_every_image_wherever_it_is_named(registry, copies):
    changes = lock(registry.url, *copies)
    images, manifests = (path.read_text() for path in copies)
    assert find_unpinned(images) == []
    values = re.findall(r"^\w+_IMAGE=(.*)$", images, re.M)
    assert len(values) == len(changes) == 7
    assert all(value.endswith(f"@{DIGEST}") for value in values)
    assert re.findall(r"image: (nginxinc/.*)", manifests) == [value for value in values if "nginx" in value]
    assert lock(registry.url, *copies) == []


def test_nothing_is_locked_unless_every_tag_is_known(registry, copies):
    registry.unknown = {"mc"}
    before = [path.read_text() for path in copies]
    with pytest.raises(RegistryError, match=r"minio/mc:RELEASE\S+ HTTP Error 404"):
        lock(registry.url, *copies)
    assert [path.read_text() for path in copies] == before


def test_a_registry_that_is_away_is_named_with_the_image():
    with pytest.raises(RegistryError, match=r"^nginx:1\.28: "):
        resolve_digest("http://127.0.0.1:9", "nginx", "1.28")


def test_the_check_fails_while_an_image_has_no_digest():
    command = [sys.executable, "tools/images.py", "check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    unpinned = find_unpinned(LOCK.read_text())
    assert done.returncode == bool(unpinned)
    assert all(name in done.stderr for name in unpinned)


def test_every_image_of_others_is_named_in_one_file_and_pinned():
    """A new one without a digest fails."""
    values = dict(re.findall(r"^(\w+)=(.*)$", LOCK.read_text(), re.M))
    assert set(find_unpinned(LOCK.read_text())) <= NOT_PINNED_YET
    assert all(re.search(r":[\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$", value) for value in values.values())
    used = set(re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.M))
    for name, service in yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].items():
        if service["image"] != "plateau":
            assert re.fullmatch(r"\$\{\w+_IMAGE:\?see deploy/images\.env\}", service["image"]), name
            used.add(service["image"].replace(":?see deploy/images.env", ""))
    assert used == {f"${{{name}}}" for name in values}
    for image in re.findall(r"^\s*image: (\S+)$", MANIFESTS.read_text(), re.M):
        assert image in {"plateau:VERSION", *values.values()}, image
