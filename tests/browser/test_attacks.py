"""Hostile text in every place that people can write to: shown as text, and nothing of it runs."""

import pytest
from playwright.sync_api import expect

from annotation.labeling.tests.factories import CommentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
MARKDOWN = f"""# Look

{HOSTILE} **Marked**

[press](javascript:alert(3)) ![p](javascript:alert(4)) <a href='data:text/html,x'>y</a>
"""


def test_hostile_text_is_shown_as_text(sign_in, stack, people, make_project):
    from annotation.labeling.models import Task
    from annotation.projects.models import Guideline, LabelSchema
    from plateau.datalake.models import Item

    stack.web()
    project = make_project(items=2, name=HOSTILE[:60])
    Guideline.objects.filter(project=project).update(text=MARKDOWN)
    schema = LabelSchema.objects.filter(project=project).latest("pk")
    schema.labels[0]["name"] = HOSTILE[:60]
    LabelSchema.objects.filter(pk=schema.pk).update(labels=schema.labels)
    Item.objects.update(name=HOSTILE + ".png")
    for member in people.members.values():
        member.user.name = HOSTILE
        member.user.save()
    task = Task.objects.filter(project=project).first()
    CommentFactory(task=task, text=HOSTILE, user=people.members["ours", "manager"].user)
    dialogs: list[str] = []
    for role, paths in {
        "annotator": ["/label", f"/label/{project.pk}"],
        "manager": ["/projects", f"/projects/{project.pk}", f"/projects/{project.pk}/items", "/members"],
        "admin": ["/dashboard", f"/data/{project.dataset_id}", "/audit", "/work"],
    }.items():
        page = sign_in(role)
        page.on("dialog", lambda box: (dialogs.append(box.message), box.dismiss()))
        for path in paths:
            page.goto(stack.url + path)
            page.locator("h1, .bench").first.wait_for()
            page.wait_for_timeout(500)
            assert page.locator("img[src=x]").count() == 0, path
            assert page.locator("a[href^='javascript:'], a[href^='data:']").count() == 0, path
    assert dialogs == []
    page = sign_in("manager", path="/members")
    expect(page.get_by_text(HOSTILE, exact=True).first).to_be_visible()
