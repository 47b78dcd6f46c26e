"""What a token makes is no more than the token, and ends with it; admins end any."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from plateau.identity import services
from plateau.identity.authentication import actor_by_token
from plateau.identity.errors import InvalidToken, ScopeBeyondRole
from plateau.identity.models import ApiToken, Organization
from plateau.identity.tests.factories import built_in_role

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def made(actor, **fields):
    """A token and the secret of it."""
    return services.create_token(actor=actor, name="t", scopes=fields.pop("scopes", ["self", "runs.read"]), **fields)


def child_of(secret, **fields):
    return made(actor_by_token(secret, ""), **fields)


def test_a_child_lives_no_longer_and_may_no_more_than_its_parent(people):
    parent, secret = made(people.actor("scientist"), days=2)
    child, _ = child_of(secret, days=365)
    assert (child.parent, child.expires_at) == (parent, parent.expires_at)
    with pytest.raises(ScopeBeyondRole):
        child_of(secret, scopes=["models.write"])
    shorter, _ = child_of(secret, days=1)
    assert shorter.expires_at < parent.expires_at


def test_a_child_stays_in_its_parents_project_and_role(people, make_project):
    project = make_project(items=0)
    _, secret = made(people.actor("scientist"), project_id=project.pk)
    child, secret_of_child = child_of(secret)
    assert child.project_id == project.pk
    member = people.members["ours", "scientist"]
    member.role = built_in_role("annotator")
    member.save()
    assert actor_by_token(secret_of_child, "").scopes == {"self"}


def test_revoking_goes_down_the_tree_and_not_beside_it(people):
    actor = people.actor("scientist")
    root, secret = made(actor)
    child, secret_of_child = child_of(secret)
    grandchild, _ = child_of(secret_of_child)
    sibling, _ = child_of(secret)
    other, _ = made(actor)
    services.revoke_token(actor=actor, token=child)
    revoked = set(ApiToken.objects.filter(revoked_at__isnull=False))
    assert revoked == {child, grandchild}
    services.revoke_token(actor=actor, token=root)
    assert set(ApiToken.objects.filter(revoked_at=None, membership=other.membership)) == {other}
    assert sibling in ApiToken.objects.exclude(revoked_at=None)


def test_a_revoked_token_makes_no_child_even_where_the_request_was_let_in_before(people):
    token, secret = made(people.actor("scientist"))
    actor = actor_by_token(secret, "")
    services.revoke_token(actor=people.actor("admin"), token=token)
    with pytest.raises(InvalidToken):
        made(actor)


def test_a_reopened_membership_revives_no_token(people):
    _, secret = made(people.actor("scientist"))
    member, admin = people.members["ours", "scientist"], people.actor("admin")
    services.change_member(actor=admin, membership=member, role=None, is_active=False)
    services.change_member(actor=admin, membership=member, role=None, is_active=True)
    assert actor_by_token(secret, "") is None


def test_a_required_second_factor_binds_tokens_made_without_one(people):
    actor = people.actor("scientist")
    _, without = made(actor)
    _, with_one = made(replace(actor, second_factor=True))
    _, child = child_of(with_one)
    assert [bearer(secret).get("/api/v1/jobs/").status_code for secret in (without, with_one, child)] == [200] * 3
    Organization.objects.filter(name="ours").update(require_second_factor=True)
    refused = bearer(without).get("/api/v1/jobs/")
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    assert "2FA" in refused.json()["detail"]
    assert bearer(without).post("/api/v1/tokens/", {"name": "x", "scopes": ["self"]}, **JSON).status_code == 403
    assert [bearer(secret).get("/api/v1/jobs/").status_code for secret in (with_one, child)] == [200] * 2


def test_admins_list_and_revoke_the_tokens_of_all_members_and_of_no_other_organization(people):
    admin = people.client("admin")
    scientist, annotator = (made(people.actor(role), scopes=["self"])[0] for role in ("scientist", "annotator"))
    theirs, _ = made(people.actor("scientist", "theirs"))
    rows = admin.get("/api/v1/organization/tokens/").json()["results"]
    assert {row["owner"] for row in rows} == {"Admin", "Scientist", "Annotator"}
    member = people.members["ours", "scientist"]
    of_one = admin.get(f"/api/v1/organization/tokens/?user_id={member.user_id}").json()["results"]
    assert [row["id"] for row in of_one] == [scientist.pk]
    assert admin.delete(f"/api/v1/organization/tokens/{theirs.pk}/").status_code == 404
    assert admin.delete(f"/api/v1/organization/tokens/{annotator.pk}/").status_code == 204
    assert admin.delete(f"/api/v1/members/{member.pk}/tokens/").status_code == 204
    assert set(ApiToken.objects.exclude(revoked_at=None)) == {scientist, annotator}


def test_an_expired_parent_leaves_no_child_behind(people):
    parent, secret = made(people.actor("scientist"))
    _, secret_of_child = child_of(secret)
    past = timezone.now() - timedelta(seconds=1)
    ApiToken.objects.filter(expires_at=parent.expires_at).update(expires_at=past)
    assert actor_by_token(secret, "") is actor_by_token(secret_of_child, "") is None
