from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from plateau.audit.models import AuditEvent
from plateau.http.errors import Conflict, InvalidInput, MissingScope
from plateau.identity import throttles
from plateau.identity.models import MemberSession
from plateau.identity.services import change_member, create_token
from plateau.identity.sessions import SessionStore
from plateau.identity.tasks import delete_expired_sessions
from plateau.notifications.models import Email

PASSWORD = "correct horse battery"


def sign_in(client: Client, email: str, password: str):
    client.get("/api/v1/session/")
    token = client.cookies["csrftoken"].value
    return client.post(
        "/api/v1/session/",
        {"email": email, "password": password},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )


def post(client: Client, route: str, body: dict):
    client.get("/api/v1/session/")
    head = {"X-CSRFToken": client.cookies["csrftoken"].value}
    return client.post(f"/api/v1/{route}", body, content_type="application/json", headers=head)


def signed_in(role: str) -> Client:
    client = Client()
    assert sign_in(client, f"{role}@ours.example", PASSWORD).status_code == 200
    return client


@pytest.mark.django_db
def test_signing_in_gives_a_session_and_the_scopes_of_the_role(people):
    client = Client(enforce_csrf_checks=True)
    response = sign_in(client, "Manager@ours.example", PASSWORD)
    assert response.status_code == 200
    assert response.json()["role"] == "manager"
    assert "projects.write" in response.json()["scopes"]
    assert client.get("/api/v1/me/").json()["email"] == "manager@ours.example"


@pytest.mark.django_db
def test_signing_in_without_the_csrf_token_is_refused(people):
    client = Client(enforce_csrf_checks=True)
    body = {"email": "admin@ours.example", "password": PASSWORD}
    assert client.post("/api/v1/session/", body, content_type="application/json").status_code == 403


@pytest.mark.django_db
def test_a_write_by_session_without_the_csrf_token_is_refused(people):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, "admin@ours.example", PASSWORD)
    assert client.post("/api/v1/datasets/", {"name": "x"}, content_type="application/json").status_code == 403


@pytest.mark.django_db
def test_wrong_password_and_unknown_address_read_the_same(people):
    client = Client()
    wrong = sign_in(client, "admin@ours.example", "wrong")
    unknown = sign_in(client, "nobody@ours.example", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


@pytest.mark.django_db
def test_the_sixth_try_for_one_account_in_a_minute_waits(people):
    client = Client()
    for _ in range(5):
        assert sign_in(client, "admin@ours.example", "wrong").status_code == 401
    response = sign_in(client, "ADMIN@ours.example", PASSWORD)
    assert response.status_code == 429
    assert response.json()["code"] == "too_many_requests"
    assert int(response["Retry-After"]) > 0


@pytest.mark.django_db
def test_a_revoked_token_stops_at_once(people):
    admin = people.actor()
    token, secret = create_token(actor=admin, name="x", scopes=["self"])
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/me/").status_code == 200
    assert client.delete(f"/api/v1/tokens/{token.pk}/").status_code == 204
    assert client.get("/api/v1/me/").status_code == 401


@pytest.mark.django_db
def test_a_token_is_stored_as_a_hash_alone(people):
    token, secret = create_token(actor=people.actor(), name="x", scopes=["self"])
    assert secret not in str(vars(token))


@pytest.mark.django_db
def test_a_token_can_do_no_more_than_its_scopes(people):
    secret = people.token("admin", scopes=["data.read"])
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/datasets/").status_code == 200
    refused = client.post("/api/v1/datasets/", {"name": "x"}, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["code"] == "missing_scope"


@pytest.mark.django_db
def test_a_token_cannot_be_given_more_than_its_owner_has(people):
    with pytest.raises(MissingScope):
        create_token(actor=people.actor("annotator"), name="x", scopes=["members.write"])
    with pytest.raises(InvalidInput, match="Unknown scope"):
        create_token(actor=people.actor(), name="x", scopes=["everything"])


@pytest.mark.django_db
def test_a_closed_membership_ends_its_tokens_and_sessions(people):
    clients = [people.client("scientist"), signed_in("scientist")]
    assert [client.get("/api/v1/me/").status_code for client in clients] == [200, 200]
    member = people.members["ours", "scientist"]
    change_member(actor=people.actor(), membership=member, role=None, is_active=False)
    assert [client.get("/api/v1/me/").status_code for client in clients] == [401, 401]


@pytest.mark.django_db
def test_the_last_admin_stays(people):
    with pytest.raises(Conflict, match="last admin"):
        change_member(actor=people.actor(), membership=people.members["ours", "admin"], role="manager", is_active=None)


@pytest.mark.django_db
def test_a_new_member_chooses_a_password_by_a_link_that_works_once(people):
    body = {"email": "n@x.example", "name": "Nina Novak", "role": "annotator"}
    created = people.client("admin").post("/api/v1/members/", body, content_type="application/json").json()
    uid, token = created["invitation_url"].split("/")[-2:]
    new = {"uid": uid, "token": token}
    for weak in ("password1234", "nina.novak@x", "short"):
        refused = post(Client(), "password-reset/confirm/", new | {"password": weak})
        assert refused.status_code == 400, weak
        assert refused.json()["errors"][0]["field"] == "password"
    assert post(Client(), "password-reset/confirm/", new | {"password": "eleven violet tables"}).status_code == 204
    assert post(Client(), "password-reset/confirm/", new | {"password": "eleven violet chairs"}).status_code == 404
    assert sign_in(Client(), "n@x.example", "eleven violet tables").json()["role"] == "annotator"


@pytest.mark.django_db
def test_a_new_link_for_a_forgotten_password_ends_the_old_sessions(people):
    client, member = signed_in("scientist"), people.members["ours", "scientist"]
    link = people.client("admin").post(f"/api/v1/members/{member.pk}/invitation/").json()["invitation_url"]
    uid, token = link.split("/")[-2:]
    reset = {"uid": uid, "token": token, "password": PASSWORD * 2}
    assert post(Client(), "password-reset/confirm/", reset).status_code == 204
    assert client.get("/api/v1/me/").status_code == 401
    assert people.client("admin", "theirs").post(f"/api/v1/members/{member.pk}/invitation/").status_code == 404


@pytest.mark.django_db
def test_sign_up_has_no_route(people):
    assert Client().post("/api/v1/sign-up/", {}, content_type="application/json").status_code == 404


@pytest.mark.django_db
def test_a_new_password_ends_the_sessions_of_the_old_one(people):
    client = signed_in("scientist")
    assert client.get("/api/v1/me/").status_code == 200
    user = people.members["ours", "scientist"].user
    user.set_password("another horse battery")
    user.save()
    assert client.get("/api/v1/me/").status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "nothing", "a\x00b", "%00", "é" * 32])
def test_a_made_up_session_is_nobody(people, key):
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get("/api/v1/me/").status_code == 401


@pytest.mark.django_db
def test_an_expired_session_is_nobody_and_goes_when_its_owner_signs_in_again(people):
    client = signed_in("scientist")
    # An hour, since the database's clock stands still within a test: at its beginning.
    MemberSession.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    assert client.get("/api/v1/me/").status_code == 401
    signed_in("scientist")
    assert MemberSession.objects.count() == 1


@pytest.mark.django_db
def test_signing_out_ends_the_session_on_the_server(people):
    client = signed_in("scientist")
    key = client.cookies["sessionid"].value
    assert client.delete("/api/v1/session/").status_code == 204
    client.cookies["sessionid"] = key
    assert client.get("/api/v1/me/").status_code == 401


def test_preferences_belong_to_the_person_and_what_is_not_named_stays(people):
    client = people.client("annotator")
    fresh = client.get("/api/v1/me/").json()
    assert (fresh["language"], fresh["preferences"]["theme"]) == ("", None)
    keymap = {"tool.box": ["b"], "next": []}
    for change in ({"language": "ja"}, {"preferences": {"theme": "dark"}}, {"preferences": {"keymap": keymap}}):
        assert client.patch("/api/v1/me/", change, content_type="application/json").status_code == 200
    editor = {"editor": {"autoAdvance": True, "brush.size": 12.5, "grid": "off"}}
    client.patch("/api/v1/me/", {"name": "Sora", "preferences": editor}, content_type="application/json")
    kept = client.get("/api/v1/me/").json()
    assert (kept["language"], kept["name"]) == ("ja", "Sora")
    assert kept["preferences"] == {"theme": "dark", "keymap": keymap, "hides_first_project": None} | editor
    assert people.client("reviewer").get("/api/v1/me/").json()["preferences"]["theme"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"keymap": {"tool.box": ["b"] * 9}},
        {"keymap": {f"a{number}": ["b"] for number in range(401)}},
        {"editor": {"x": {"deep": 1}}},
        {"editor": {"x": "y" * 201}},
        {"unknown": 1},
    ],
)
def test_preferences_are_bounded(people, wrong):
    client = people.client("annotator")
    answer = client.patch("/api/v1/me/", {"preferences": wrong}, content_type="application/json")
    assert answer.status_code == 400


def tries(client: Client, number: int, address: str, password: str = "wrong") -> list[int]:
    """Statuses of so many tries for one account from an address."""
    body = {"email": "admin@ours.example", "password": password}
    return [
        client.post("/api/v1/session/", body, content_type="application/json", REMOTE_ADDR=address).status_code
        for _ in range(number)
    ]


@pytest.mark.django_db
def test_wrong_tries_from_elsewhere_do_not_shut_the_owner_out(people):
    owner, strangers = Client(), Client()
    assert tries(owner, 1, "192.0.2.1", PASSWORD) == [200]
    owner.delete("/api/v1/session/")
    assert tries(strangers, 6, "203.0.113.1")[-1] == 429
    assert tries(Client(), 1, "192.0.2.7", PASSWORD) == [200], "from another address, on a new device"
    for number in range(2, 9):  # many who guess together
        last = tries(Client(), 5, f"203.0.113.{number}")
    assert last[-1] == 429
    assert tries(Client(), 1, "192.0.2.8", PASSWORD) == [429], "new devices wait then"
    assert tries(owner, 1, "198.51.100.1", PASSWORD) == [200], "the owner's own does not"
    owner.delete("/api/v1/session/")
    assert tries(owner, 6, "198.51.100.1")[-1] == 429, "and is no way to guess on"


@pytest.mark.django_db
def test_a_made_up_device_is_none(people):
    for value in ("x", signing.dumps(["x"]), signing.dumps(["x"], salt="plateau.identity.device")):
        forger = Client()
        forger.cookies["device"] = value
        statuses = tries(forger, 6, f"203.0.113.{len(value) % 250}")
        assert statuses[-1] == 429
        forger.cookies["device"] = value + "y"
        assert tries(forger, 1, f"203.0.113.{len(value) % 250}") == [429]


@pytest.mark.django_db
def test_calls_of_strangers_write_no_rows(people, settings):
    settings.EMAIL_HOST = "mail.example"
    counted = (MemberSession, AuditEvent, Email)

    def rows() -> list[int]:
        return [model.objects.count() for model in counted]

    before = rows()
    for number in range(3):
        client, address = Client(), f"203.0.113.{number}"
        client.get("/api/v1/session/", REMOTE_ADDR=address)
        client.get("/api/auth/passkey", REMOTE_ADDR=address)
        client.get("/api/auth/session", REMOTE_ADDR=address)
        for path, body in {
            "/api/v1/session/": {"email": "nobody@ours.example", "password": "wrong"},
            "/api/v1/session/sso/": {"organization": "ours"},
            "/api/v1/password-reset/": {"email": "nobody@ours.example"},
            "/api/auth/passkey": {"credential": {}},
            "/api/auth/2fa": {"code": "123456"},
        }.items():
            client.post(path, body, content_type="application/json", REMOTE_ADDR=address)
    assert rows() == before
    for _ in range(4):
        tries(Client(), 2, "203.0.113.9")
        Client().post("/api/v1/password-reset/", {"email": "admin@ours.example"}, content_type="application/json")
    assert [after - number for after, number in zip(rows(), before, strict=True)] == [0, 2, 1]  # once in a while


@pytest.mark.django_db
def test_a_session_moves_to_the_database_as_somebody_signs_in(people):
    store = SessionStore()
    store["a"] = 1
    store.save()
    key = store.session_key
    assert MemberSession.objects.count() == 0
    again = SessionStore(key)
    assert again["a"] == 1
    assert again.exists(key)
    again[SESSION_KEY] = str(people.members["ours", "admin"].user_id)
    again.save()
    assert MemberSession.objects.get().session_key == key
    assert cache.get(again._cache_key(key)) is None
    assert SessionStore(key)["a"] == 1
    again["a"] = 2
    again.save()
    again.delete()
    assert not SessionStore().exists(key)
    assert SessionStore(key).load() == {}


@pytest.mark.django_db
def test_a_session_that_ended_elsewhere_is_not_made_again(people):
    store = SessionStore()
    store["a"] = 1
    store.save()
    SessionStore(store.session_key).delete()
    with pytest.raises(UpdateError):
        store.save()


@pytest.mark.django_db
def test_expired_sessions_are_swept(people):
    signed_in("admin")
    delete_expired_sessions()
    assert MemberSession.objects.count() == 1
    MemberSession.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    delete_expired_sessions()
    assert MemberSession.objects.count() == 0


@pytest.mark.django_db
def test_strangers_of_one_network_begin_to_sign_in_so_often_alone(people, monkeypatch):
    monkeypatch.setattr(throttles, "STRANGERS_PER_MINUTE", 5)

    def ask(client: Client, address: str) -> int:
        return client.get("/api/auth/passkey", REMOTE_ADDR=address).status_code

    member = signed_in("admin")
    statuses = [ask(Client(), "203.0.113.1") for _ in range(7)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses[5:]
    assert ask(Client(), "203.0.113.2") == 200
    assert 429 not in {ask(member, "203.0.113.1") for _ in range(7)}
