"""What every answer carries, and what of a request is not believed."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from plateau.http.client_ip import client_address
from plateau.http.compression import CompressText
from tests.test_states import CLOSED

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/api/v1/schema/", "/api/v1/me/", "/api/nothing", "/healthz", "/metrics", "/docs/"]
)
def test_every_answer_carries_the_policy(path):
    response = Client().get(path)
    policy = response["Content-Security-Policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response
    assert response["Content-Type"]
    if path.startswith("/api/"):
        assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_each_page_has_a_nonce_of_its_own_and_its_policy_names_it(settings, tmp_path):
    (tmp_path / "index.html").write_text('<meta property="csp-nonce" nonce="CSP_NONCE"><script nonce="CSP_NONCE">')
    settings.WHITENOISE_ROOT = tmp_path
    nonces = set()
    for _ in range(3):
        answer = Client().get("/projects", headers={"Accept": "text/html"})
        allowed = re.search(r"style-src 'self' 'nonce-([\w-]{20,})'", answer["Content-Security-Policy"])
        assert allowed
        assert answer.content.decode().count(f'nonce="{allowed[1]}"') == 2
        assert "no-store" in answer["Cache-Control"]
        nonces.add(allowed[1])
    assert len(nonces) == 3


@pytest.mark.django_db
def test_long_texts_go_out_compressed_and_nothing_else_is(people):
    client = people.client("admin")
    schema = client.get("/api/v1/schema/", headers={"Accept-Encoding": "gzip"})
    assert schema["Content-Encoding"] == "gzip"
    assert gzip.decompress(schema.content) == client.get("/api/v1/schema/").content
    assert len(schema.content) < len(gzip.decompress(schema.content)) / 4
    short = client.get("/api/v1/me/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in short
    image = HttpResponse(bytes(10_000), content_type="image/png")
    compress = CompressText(lambda request: image)
    assert "Content-Encoding" not in compress(RequestFactory().get("/", headers={"Accept-Encoding": "gzip"}))


@pytest.mark.django_db
def test_another_origin_may_read_nothing(people):
    client = people.client("admin")
    for method, path in CLOSED:
        if method == "GET" and "{" not in path:
            response = client.get(f"/api/v1/{path}", headers={"Origin": "https://evil.example"})
            assert "Access-Control-Allow-Origin" not in response


def test_behind_tls_cookies_belong_to_this_host_alone():
    """In a process of its own, since settings are read once."""
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "import json; print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, "
        "s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS, "
        "s.SECURE_HSTS_INCLUDE_SUBDOMAINS]))"
    )
    env = os.environ | {"BEHIND_TLS_PROXY": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [
        "__Host-sessionid", "__Host-csrftoken", True, True, True, "Lax", 31_536_000, True,
    ]  # fmt: skip


def test_a_caller_cannot_choose_an_address(settings):
    """The header counts only as far as trusted proxies wrote it."""
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9"}, REMOTE_ADDR="192.0.2.1")
    for proxies, expected in ((0, "192.0.2.1"), (1, "203.0.113.9"), (2, "10.0.0.1")):
        settings.NUM_PROXIES = proxies
        assert client_address(request.META) == expected


@pytest.mark.django_db
def test_signing_in_makes_a_new_session(people):
    client = Client()
    client.get("/api/v1/session/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    body = {"email": "admin@ours.example", "password": "correct horse battery"}
    client.post("/api/v1/session/", body, content_type="application/json")
    assert client.cookies["sessionid"].value != planted
    fixed = Client()
    fixed.cookies["sessionid"] = planted
    assert fixed.get("/api/v1/me/").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/api/v1/me/", "/assets/"])
def test_trace_is_refused(people, path):
    response = Client(headers={"X-Secret": "one"}).trace(path)
    assert response.status_code == 405
    assert b"X-Secret" not in response.content


@pytest.mark.parametrize("path", ["/assets/", "/static/", "/files/", "/.git/config", "/../etc/passwd", "/%2e%2e/x"])
def test_no_folder_is_listed(db, path):
    response = Client().get(path)
    assert b"Index of" not in response.content
    assert b"root:" not in response.content
    assert response.status_code in (200, 400, 404)
    if response.status_code == 200:  # the page of the front end
        assert b'id="root"' in response.content
