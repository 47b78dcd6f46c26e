"""People in several organizations: invitations that tell nothing, and sessions that work in one of them at a time."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plateau.identity import services
from plateau.identity.models import ApiToken, MemberSession, Membership, Organization, User
from plateau.identity.tests.factories import PASSWORD, MembershipFactory, built_in_role

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
THEIRS = "scientist@theirs.example"


def invite(people, email, role="manager", organization="ours"):
    body = {"email": email, "name": "Robin", "role": role}
    return people.client("admin", organization).post("/api/v1/members/", body, **JSON)


def link_of(answer):
    uid, token = answer.json()["invitation_url"].rsplit("/", 2)[1:]
    return {"uid": uid, "token": token}


def signed_in(email, password=PASSWORD):
    client = Client()
    answer = client.post("/api/v1/session/", {"email": email, "password": password}, **JSON)
    assert answer.status_code == 200, answer.json()
    return client


def of_both(people, role="manager"):
    """A browser of theirs' scientist, who accepted an invitation of ours."""
    link = link_of(invite(people, THEIRS, role))
    client = signed_in(THEIRS)
    assert client.post("/api/v1/me/invitations/accept/", link, **JSON).status_code == 200
    return client


def test_an_invitation_answers_the_same_whether_the_address_has_an_account_or_not(people):
    def form(answer):
        return answer.status_code, {
            key: re.sub(r"\d+", "0", str(value)) if key in ("id", "user_id") else type(value)
            for key, value in answer.json().items()
        }

    people.client("admin").get("/api/v1/me/")
    statements, answers = [], []
    for email in (THEIRS, "nobody@else.example"):
        with CaptureQueriesContext(connection) as queries:
            answers.append(invite(people, email))
        statements.append([re.sub(r"\d+|'[^']*'", "?", query["sql"]) for query in queries])
    assert form(answers[0]) == form(answers[1])
    assert len(statements[0]) == len(statements[1])
    listed = people.client("admin").get("/api/v1/members/?ordering=-id").json()["results"][:2]
    assert [(row["name"], row["is_invited"], row["last_sign_in_at"]) for row in listed] == [("Robin", True, None)] * 2
    assert [row["email"] for row in listed] == ["nobody@else.example", THEIRS]
    assert abs(listed[0]["user_id"] - listed[1]["user_id"]) == 1, "a new number for either"
    assert invite(people, THEIRS).json()["code"] == "account_exists"
    assert people.client("scientist", "theirs").get("/api/v1/me/").json()["organizations"][0]["name"] == "theirs"


def test_whoever_has_no_account_chooses_a_password_and_is_in(people):
    answer = invite(people, "new@else.example")
    body = link_of(answer) | {"password": "seven green turtles sing"}
    assert Client().post("/api/v1/password-reset/confirm/", body, **JSON).status_code == 204
    me = signed_in("new@else.example", "seven green turtles sing").get("/api/v1/me/").json()
    assert (me["name"], me["organization"], len(me["organizations"])) == ("Robin", "ours", 1)
    assert Client().post("/api/v1/password-reset/confirm/", body, **JSON).status_code == 404


def test_an_invitation_sets_no_password_of_an_account_that_there_is(people):
    link = link_of(invite(people, THEIRS))
    before = User.objects.get(email=THEIRS).password
    answer = Client().post("/api/v1/password-reset/confirm/", link | {"password": "seven green turtles sing"}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_exists")
    assert User.objects.get(email=THEIRS).password == before
    assert signed_in(THEIRS)


def test_who_accepts_works_there_and_switches_back_and_the_session_remembers(people):
    client = of_both(people)
    me = client.get("/api/v1/me/").json()
    assert (me["organization"], me["role"]) == ("ours", "manager")
    assert {row["name"] for row in me["organizations"]} == {"ours", "theirs"}
    assert client.get("/api/v1/members/").status_code == 200
    theirs = {"organization_id": people.organizations["theirs"].pk}
    assert client.post("/api/v1/me/organization/", theirs, **JSON).json()["role"] == "scientist"
    assert client.get("/api/v1/me/").json()["organization"] == "theirs"
    assert User.objects.filter(email__endswith="invited.invalid").count() == 0


def test_an_invitation_is_for_its_address_alone_and_works_once(people):
    link = link_of(invite(people, "somebody@else.example"))
    assert signed_in(THEIRS).post("/api/v1/me/invitations/accept/", link, **JSON).status_code == 404
    link = link_of(invite(people, THEIRS))
    client = signed_in(THEIRS)
    assert client.post("/api/v1/me/invitations/accept/", link, **JSON).status_code == 200
    assert client.post("/api/v1/me/invitations/accept/", link, **JSON).status_code == 404


def test_nobody_switches_to_where_they_are_no_member_or_not_any_more(people):
    client = of_both(people)
    strangers = MembershipFactory().organization
    ours, theirs = (people.organizations[name].pk for name in ("ours", "theirs"))

    def switch(organization_id):
        return client.post("/api/v1/me/organization/", {"organization_id": organization_id}, **JSON).status_code

    assert [switch(pk) for pk in (strangers.pk, 2**62, ours, theirs)] == [404, 404, 200, 200]
    Membership.objects.filter(organization=ours, user__email=THEIRS).update(is_active=False)
    assert switch(ours) == 404
    assert client.get("/api/v1/me/").json()["organization"] == "theirs"


def test_tokens_and_single_sign_on_stay_in_one_organization(people):
    client = of_both(people)
    ours, theirs = (people.organizations[name].pk for name in ("ours", "theirs"))
    token = people.client("scientist", "theirs")
    answer = token.post("/api/v1/me/organization/", {"organization_id": ours}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_switchable")
    assert token.get("/api/v1/me/").json()["organization"] == "theirs"
    made = client.post("/api/v1/tokens/", {"name": "x", "scopes": ["self"]}, **JSON).json()
    assert ApiToken.objects.get(pk=made["id"]).membership.organization_id == ours
    MemberSession.objects.filter(user__email=THEIRS).update(is_bound=True, organization=theirs)
    assert client.get("/api/v1/me/").json()["organization"] == "theirs"
    answer = client.post("/api/v1/me/organization/", {"organization_id": ours}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_switchable")
    Membership.objects.filter(organization=theirs, user__email=THEIRS).update(is_active=False)
    assert client.get("/api/v1/me/").status_code == 401


def test_the_rules_of_the_organization_that_is_entered_hold(people):
    client = of_both(people)
    ours = people.organizations["ours"]
    client.post("/api/v1/me/organization/", {"organization_id": people.organizations["theirs"].pk}, **JSON)
    Organization.objects.filter(pk=ours.pk).update(ip_allowlist=["10.0.0.0/8"])
    refused = client.post("/api/v1/me/organization/", {"organization_id": ours.pk}, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "address_not_allowed")
    Organization.objects.filter(pk=ours.pk).update(ip_allowlist=[], require_second_factor=True)
    me = client.post("/api/v1/me/organization/", {"organization_id": ours.pk}, **JSON).json()
    assert (me["scopes"], bool(me["restriction_reason"])) == (["self"], True)


@pytest.mark.parametrize("act", ["invitation/", "factors/", "erase/"])
def test_no_admin_of_one_organization_has_the_account_of_several(people, act):
    of_both(people)
    member = Membership.objects.get(organization=people.organizations["ours"], user__email=THEIRS)
    admin = people.client("admin")
    method = admin.delete if act == "factors/" else admin.post
    answer = method(f"/api/v1/members/{member.pk}/{act}", {}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_shared")
    assert User.objects.get(email=THEIRS).is_active


def test_closing_a_membership_leaves_the_sessions_in_other_organizations(people):
    client, elsewhere = of_both(people), signed_in(THEIRS)
    assert elsewhere.get("/api/v1/me/").json()["organization"] == "theirs"
    member = Membership.objects.get(organization=people.organizations["ours"], user__email=THEIRS)
    services.change_member(actor=people.actor("admin"), membership=member, role=None, is_active=False)
    assert client.get("/api/v1/me/").status_code == 401
    assert elsewhere.get("/api/v1/me/").status_code == 200
    assert SESSION_KEY not in client.session or not client.session.get(SESSION_KEY)


def test_an_invited_admin_who_never_came_does_not_count_as_the_last(people):
    invite(people, "late@else.example", role="admin")
    admin = people.client("admin")
    member = people.members["ours", "admin"]
    answer = admin.patch(f"/api/v1/members/{member.pk}/", {"role": "manager"}, headers={"If-Match": "*"}, **JSON)
    assert answer.json()["code"] == "last_administrator"
    assert built_in_role("admin") == Membership.objects.get(pk=member.pk).role


def test_what_an_invited_person_was_given_is_theirs_once_they_accept(people, make_project):
    project = make_project(items=1)
    answer = invite(people, THEIRS, role="customer")
    address = f"/api/v1/projects/{project.pk}/members/{answer.json()['user_id']}/"
    given = people.client("manager").patch(address, {"is_assigned": True}, headers={"If-Match": "*"}, **JSON)
    assert given.status_code == 200
    client = signed_in(THEIRS)
    assert client.post("/api/v1/me/invitations/accept/", link_of(answer), **JSON).json()["role"] == "customer"
    assert [row["id"] for row in client.get("/api/v1/projects/").json()["results"]] == [project.pk]
