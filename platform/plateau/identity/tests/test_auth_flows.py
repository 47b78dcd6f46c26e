"""Beyond the password: second factors, single sign-on, ip_allowlist, sessions."""

import threading
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone

from plateau.audit.models import AuditEvent
from plateau.identity.models import MemberSession, Membership, Organization, SingleSignOn, User
from plateau.identity.tests.test_identity import PASSWORD, post, sign_in, signed_in
from plateau.network.outbound import GuardedSession

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
ANY_STATE = {"If-Match": "*"}
SECRET = "JBSWY3DPEHPK3PXP"


def code(shift: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + shift))


def with_factor(people, role: str = "manager") -> User:
    user = people.members["ours", role].user
    TOTP.activate(user, SECRET)
    return user


def factor(client: Client, code: str):
    return client.post("/api/auth/2fa", {"code": code}, **JSON)


def test_the_password_alone_does_not_sign_in_who_has_a_second_factor(people):
    user = with_factor(people)
    client = Client()
    response = sign_in(client, user.email, PASSWORD)
    assert (response.status_code, response.json()["code"]) == (401, "second_factor_required")
    assert response.json()["factors"] == ["totp"]
    assert client.get("/api/v1/me/").status_code == 401
    assert factor(client, "000000").status_code == 400
    assert client.get("/api/v1/me/").status_code == 401
    assert factor(client, code()).status_code == 200
    assert client.get("/api/v1/me/").json()["email"] == user.email
    assert MemberSession.objects.get(user=user).second_factor


def test_a_code_works_once(people):
    user = with_factor(people)
    used = code()
    for status in (200, 400):
        client = Client()
        sign_in(client, user.email, PASSWORD)
        assert factor(client, used).status_code == status


def test_codes_cannot_be_guessed_at_leisure(people):
    user = with_factor(people)
    client = Client()
    sign_in(client, user.email, PASSWORD)
    tries = [factor(client, f"{number:06}") for number in range(12)]
    assert "too_many_login_attempts" in str(tries[-1].json()) or tries[-1].status_code == 429
    assert factor(client, code()).status_code != 200


def test_setting_up_a_factor_needs_the_password_once_more_and_gives_codes_for_a_lost_device(people):
    client = signed_in("manager")
    secret = client.get("/api/auth/factors/totp").json()["meta"]["secret"]
    good = lambda: format_hotp_value(hotp_value(secret, int(time.time()) // 30))  # noqa: E731  # one line, used in this test alone
    assert client.post("/api/auth/factors/totp", {"code": good()}, **JSON).status_code == 401
    assert client.post("/api/auth/reauthenticate", {"password": "wrong"}, **JSON).status_code == 400
    assert client.post("/api/auth/reauthenticate", {"password": PASSWORD}, **JSON).status_code == 200
    assert client.post("/api/auth/factors/totp", {"code": good()}, **JSON).status_code == 200
    spare = client.post("/api/auth/factors/codes", {}, **JSON).json()["data"]["unused_codes"]
    second_browser = Client()
    sign_in(second_browser, "manager@ours.example", PASSWORD)
    assert factor(second_browser, spare[0]).status_code == 200
    again = Client()
    sign_in(again, "manager@ours.example", PASSWORD)
    assert factor(again, spare[0]).status_code == 400
    assert "codes" not in str(client.get("/api/auth/factors/codes").json()["data"].get("unused_codes", ""))


def test_secrets_of_factors_are_encrypted_in_the_database(people):
    with_factor(people)
    stored = Authenticator.objects.get()
    assert SECRET not in str(stored.data)
    assert get_adapter().decrypt(stored.data["secret"]) == SECRET


@pytest.mark.django_db(transaction=True)
def test_where_the_organization_asks_for_a_second_factor_nothing_else_is_reached_without(people):
    Organization.objects.update(require_second_factor=True)
    client = signed_in("manager")
    me = client.get("/api/v1/me/").json()
    assert me["scopes"] == ["self"]
    assert "requires 2FA" in me["restriction_reason"]
    refused = client.get("/api/v1/projects/")
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    assert "requires 2FA" in refused.json()["detail"]
    assert post(client, "tokens/", {"name": "x", "scopes": ["projects.read"]}).status_code == 403
    # Setting one up opens the way in this very session.
    client.post("/api/auth/reauthenticate", {"password": PASSWORD}, **JSON)
    secret = client.get("/api/auth/factors/totp").json()["meta"]["secret"]
    right = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/api/auth/factors/totp", {"code": right}, **JSON).status_code == 200
    assert client.get("/api/v1/projects/").status_code == 200


def rules(**changed):
    plain = {"require_second_factor": False, "ip_allowlist": [], "idle_hours": 12, "max_token_days": 365}
    return plain | changed


def test_networks_hold_for_sessions_and_tokens(people):
    clients = [people.client("admin"), signed_in("admin")]
    allowlist = ["127.0.0.0/8", "2001:db8::/32"]
    saved = clients[0].put("/api/v1/organization/security/", rules(ip_allowlist=allowlist), headers=ANY_STATE, **JSON)
    assert saved.status_code == 200
    for client in clients:
        assert client.get("/api/v1/me/").status_code == 200
        outside = client.get("/api/v1/me/", REMOTE_ADDR="203.0.113.7")
        assert (outside.status_code, outside.json()["code"]) == (403, "address_not_allowed")
    assert clients[1].get("/api/auth/factors", REMOTE_ADDR="203.0.113.7").status_code == 403
    assert people.client("admin", "theirs").get("/api/v1/me/", REMOTE_ADDR="203.0.113.7").status_code == 200


def test_nobody_locks_themselves_out(people):
    client = people.client("admin")
    away = client.put(
        "/api/v1/organization/security/", rules(ip_allowlist=["203.0.113.0/24"]), headers=ANY_STATE, **JSON
    )
    assert away.status_code == 409
    assert (
        client.put(
            "/api/v1/organization/security/", rules(require_second_factor=True), headers=ANY_STATE, **JSON
        ).status_code
        == 409
    )
    wrong = client.put("/api/v1/organization/security/", rules(ip_allowlist=["10.0.0.1/8"]), headers=ANY_STATE, **JSON)
    assert wrong.json()["errors"][0]["field"] == "ip_allowlist.0"
    assert Organization.objects.get(name="ours").ip_allowlist == []


def test_a_session_that_lay_idle_ends(people):
    client = signed_in("scientist")
    MemberSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=13))
    assert client.get("/api/v1/me/").status_code == 401
    assert client.get("/api/auth/factors").status_code == 401


def test_sessions_are_listed_and_can_be_ended_by_their_owner_alone(people):
    here, there, foreign = signed_in("scientist"), signed_in("scientist"), signed_in("manager")
    rows = here.get("/api/v1/sessions/").json()["results"]
    assert len(rows) == 2
    (other_session,) = [row for row in rows if not row["is_current"]]
    assert there.cookies["sessionid"].value not in str(rows)
    assert foreign.delete(f"/api/v1/sessions/{other_session['id']}/").status_code in (403, 404)
    assert post(foreign, "session/", {}).status_code == 400
    assert here.delete(f"/api/v1/sessions/{other_session['id']}/").status_code == 204
    assert [client.get("/api/v1/me/").status_code for client in (here, there)] == [200, 401]
    third = signed_in("scientist")
    assert here.delete("/api/v1/sessions/").status_code == 204
    assert [client.get("/api/v1/me/").status_code for client in (here, third)] == [200, 401]
    member = people.members["ours", "scientist"]
    assert people.client("admin", "theirs").delete(f"/api/v1/members/{member.pk}/sessions/").status_code == 404
    assert people.client("admin").delete(f"/api/v1/members/{member.pk}/sessions/").status_code == 204
    assert here.get("/api/v1/me/").status_code == 401


def test_an_admin_takes_away_the_factors_of_a_lost_device(people):
    user = with_factor(people)
    client = people.client("admin")
    assert people.client("admin", "theirs").delete(
        f"/api/v1/members/{people.members['ours', 'manager'].pk}/factors/"
    ).status_code == 404  # fmt: skip
    assert client.delete(f"/api/v1/members/{people.members['ours', 'manager'].pk}/factors/").status_code == 204
    assert sign_in(Client(), user.email, PASSWORD).status_code == 200


def test_tokens_live_no_longer_than_the_organization_allows(people):
    client = people.client("admin")
    client.put("/api/v1/organization/security/", rules(max_token_days=30), headers=ANY_STATE, **JSON)
    body = {"name": "x", "scopes": ["self"]}
    assert post(client, "tokens/", body | {"days": 31}).status_code == 400
    assert post(client, "tokens/", body | {"days": 30}).status_code == 201


def test_refused_and_finished_sign_ins_are_in_the_log(people):
    sign_in(Client(), "manager@ours.example", "wrong")
    sign_in(Client(), "nobody@ours.example", "wrong")
    signed_in("manager")
    events = list(
        AuditEvent.objects.filter(action__startswith="member.sign").order_by("pk").values_list("action", "data")
    )
    assert [action for action, _ in events] == ["member.sign_in_failed", "member.signed_in"]
    assert events[1][1] == {"how": ["password"], "address": "127.0.0.1"}


def test_passwords_of_breaches_are_refused(people, tmp_path, settings):
    import hashlib

    from django.core.management import call_command

    from plateau.identity.passwords import is_breached

    settings.BREACH_LIST = tmp_path / "list"
    known = ["correct horse battery staple", "tr0ub4dor & three more", "another one"]
    (tmp_path / "hashes").write_text(
        "".join(f"{hashlib.sha1(password.encode()).hexdigest().upper()}:7\n" for password in known)
    )
    call_command("load_breaches", tmp_path / "hashes")
    assert all(is_breached(password, settings.BREACH_LIST) for password in known)
    assert not is_breached("eleven violet tables", settings.BREACH_LIST)
    client = signed_in("manager")
    body = {"current_password": PASSWORD, "new_password": known[0]}
    refused = client.post("/api/auth/password", body, **JSON)
    assert (refused.status_code, refused.json()["errors"][0]["param"]) == (400, "new_password")
    body["new_password"] = "eleven violet tables"
    assert client.post("/api/auth/password", body, **JSON).status_code in (200, 401)
    assert sign_in(Client(), "manager@ours.example", "eleven violet tables").status_code == 200


# --- single sign-on, against a real OpenID Connect server -----------------------------------------------------------


@pytest.fixture
def provider(settings):
    import oidc_provider_mock

    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


def vouch(issuer: str, email: str, verified: bool = True) -> None:
    body = {"email": email, "email_verified": verified, "name": "From Elsewhere"}
    requests.put(f"{issuer}/users/{email}", json=body, timeout=5).raise_for_status()


def come_by(client: Client, issuer: str, email: str, organization: str = "ours"):
    url = post(client, "session/sso/", {"organization": organization}).json()["url"]
    assert url.startswith(issuer)
    assert "code_challenge" in url
    back = requests.post(url, data={"sub": email}, allow_redirects=False, timeout=5)
    where = urlsplit(back.headers["Location"])
    return client.get(where.path, {key: value[0] for key, value in parse_qs(where.query).items()})


def set_up(people, issuer: str, organization: str = "ours", default_role: str = "") -> None:
    body = {"issuer": issuer, "client_id": "plateau", "secret": "s3cret", "default_role": default_role}
    saved = people.client("admin", organization).put(
        "/api/v1/organization/single-sign-on/", body, headers=ANY_STATE, **JSON
    )
    assert saved.status_code == 200, saved.json()
    assert "s3cret" not in SingleSignOn.objects.get(organization__name=organization).secret


def test_members_sign_in_at_their_organizations_own_provider(people, provider):
    Organization.objects.update(require_second_factor=True)  # the provider answers for its factors
    set_up(people, provider)
    vouch(provider, "manager@ours.example")
    client = Client()
    response = come_by(client, provider, "manager@ours.example")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/api/v1/projects/").status_code == 200
    event = AuditEvent.objects.get(action="member.signed_in")
    assert event.data["how"] == ["socialaccount"]


def test_a_provider_vouches_for_its_own_organization_alone(people, provider):
    set_up(people, provider, "theirs", default_role="admin")
    vouch(provider, "admin@ours.example")
    client = Client()
    assert come_by(client, provider, "admin@ours.example", "theirs")["Location"] == "/?sign-in=unknown"
    assert client.get("/api/v1/me/").status_code == 401
    assert Membership.objects.filter(user__email="admin@ours.example").count() == 1


def test_an_address_that_the_provider_did_not_verify_is_nobody(people, provider):
    set_up(people, provider)
    vouch(provider, "manager@ours.example", verified=False)
    client = Client()
    assert come_by(client, provider, "manager@ours.example")["Location"] == "/?sign-in=unverified"
    assert client.get("/api/v1/me/").status_code == 401


def test_strangers_join_only_where_the_organization_says_so(people, provider):
    set_up(people, provider)
    vouch(provider, "new@ours.example")
    assert come_by(Client(), provider, "new@ours.example")["Location"] == "/?sign-in=unknown"
    set_up(people, provider, default_role="annotator")
    client = Client()
    come_by(client, provider, "new@ours.example")
    assert client.get("/api/v1/me/").json()["role"] == "annotator"
    again = Client()
    come_by(again, provider, "new@ours.example")
    assert again.get("/api/v1/me/").status_code == 200
    assert User.objects.filter(email="new@ours.example").count() == 1


def test_closed_access_is_closed_for_the_provider_too(people, provider):
    set_up(people, provider)
    vouch(provider, "manager@ours.example")
    Membership.objects.filter(user__email="manager@ours.example").update(is_active=False)
    client = Client()
    come_by(client, provider, "manager@ours.example")
    assert client.get("/api/v1/me/").status_code == 401


def test_an_issuer_that_leads_inside_is_refused(people, provider, settings):
    settings.OUTBOUND_NETWORKS = []
    body = {"issuer": provider, "client_id": "plateau", "secret": "x"}
    refused = people.client("admin").put("/api/v1/organization/single-sign-on/", body, headers=ANY_STATE, **JSON)
    assert refused.status_code == 400
    assert "not a public address" in refused.json()["detail"]
    assert not SingleSignOn.objects.exists()


def test_a_sign_in_that_another_browser_began_is_refused(people, provider):
    set_up(people, provider)
    vouch(provider, "manager@ours.example")
    url = post(Client(), "session/sso/", {"organization": "ours"}).json()["url"]
    back = requests.post(url, data={"sub": "manager@ours.example"}, allow_redirects=False, timeout=5)
    where = urlsplit(back.headers["Location"])
    victim = Client()
    victim.get(where.path, {key: value[0] for key, value in parse_qs(where.query).items()})
    assert victim.get("/api/v1/me/").status_code == 401


def test_no_organization_of_that_name_has_a_sign_in(people):
    assert post(Client(), "session/sso/", {"organization": "ours"}).status_code == 404


def test_a_redirect_inside_is_not_followed(settings):
    """The first address is allowed, what it redirects to is not."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Away(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.2:{server.server_port}/inside")
            self.end_headers()

        def log_message(self, *_):
            pass

    settings.OUTBOUND_NETWORKS = ["127.0.0.1/32"]
    server = HTTPServer(("127.0.0.1", 0), Away)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(requests.ConnectionError, match="not a public address"), GuardedSession() as session:
            session.get(f"http://127.0.0.1:{server.server_port}/")
    finally:
        server.shutdown()
