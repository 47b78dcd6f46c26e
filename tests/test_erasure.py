"""A person who asks to be forgotten."""

import pytest
from django.test import Client
from plateau.identity.models import User
from plateau.identity.tests.test_identity import PASSWORD, sign_in, signed_in

from annotation.labeling.models import Annotation, Comment, Draft, Lease, Task

pytestmark = pytest.mark.django_db


def test_an_erased_person_is_nameless_and_their_answers_stay(people, make_project, answer_all):
    project, actor = make_project(items=3), people.actor("annotator")
    answer_all(actor, project, limit=2)
    session, token = signed_in("annotator"), people.client("annotator")
    task = Task.objects.exclude(state="done").first()
    Comment.objects.create(task=task, user_id=actor.user_id, text="my telephone is 555")
    Draft.objects.create(task=task, user_id=actor.user_id, value={}, revision=1)
    member, admin = people.members["ours", "annotator"], people.client("admin")
    assert people.client("admin", "theirs").post(f"/api/v1/members/{member.pk}/erase/").status_code == 404
    assert admin.post(f"/api/v1/members/{people.members['ours', 'admin'].pk}/erase/").status_code == 409
    assert admin.post(f"/api/v1/members/{member.pk}/erase/").status_code == 204
    assert [one.get("/api/v1/me/").status_code for one in (session, token)] == [401, 401]
    user = User.objects.get(pk=member.user_id)
    assert "annotator" not in (user.email + user.name).lower()
    assert sign_in(Client(), "annotator@ours.example", PASSWORD).status_code == 401
    assert Annotation.objects.filter(user=user).count() == 2
    assert Comment.objects.get().text == "(erased)"
    assert not Draft.objects.exists()
    assert not Lease.objects.filter(user=user).exists()
    assert "annotator@ours.example" not in str(admin.get("/api/v1/audit/").json())
