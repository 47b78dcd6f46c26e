"""Events of 0.2.0 are read, and found, under the names that actions and subjects have now; what is stored stays."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from plateau.audit.models import AuditEvent
from plateau.audit.renamed_actions import RENAMED_ACTIONS, RENAMED_SUBJECTS
from plateau.audit.tests.factories import AuditEventFactory

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.django_db
def test_an_event_of_a_former_name_is_shown_and_found_under_the_present_one(people):
    for action in ("contract.drawn_up", "contract.signed", "seat.changed"):
        AuditEventFactory(organization=people.organizations["ours"], action=action)
    client = people.client("admin")

    def actions(prefix: str) -> list[str]:
        return [row["action"] for row in client.get(f"/api/v1/audit-log/?action={prefix}").json()["results"]]

    assert actions("contract.") == ["contract.signed", "contract.created"]
    assert actions("project_membership.changed") == ["project_membership.changed"]
    assert actions("seat.") == ["project_membership.changed"]
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"contract.drawn_up", "seat.changed"}


@pytest.mark.django_db
def test_an_event_on_a_subject_of_a_former_label_is_shown_and_found_under_the_present_one(people):
    organization_id = people.actor("admin").organization_id
    for number, subject in enumerate(("acceptance.contract", "contracts.contract", "budget.study")):
        AuditEvent.objects.create(
            organization_id=organization_id, action="contract.signed", subject=subject, subject_id=str(number)
        )
    client = people.client("admin")

    def subjects(label: str) -> list[tuple[str, str]]:
        rows = client.get(f"/api/v1/audit-log/?subject={label}").json()["results"]
        return [(row["subject"], row["subject_id"]) for row in rows]

    assert subjects("contracts.contract") == [("contracts.contract", "1"), ("contracts.contract", "0")]
    assert subjects("learning_curves.learningcurve") == [("learning_curves.learningcurve", "2")]
    assert subjects("acceptance.contract") == [("contracts.contract", "0")]
    assert AuditEvent.objects.filter(subject="acceptance.contract").count() == 1


def test_every_present_label_is_one_of_a_model_and_no_former_one_is():
    labels = {model._meta.label_lower for model in apps.get_models()}
    assert set(RENAMED_SUBJECTS.values()) <= labels
    assert not RENAMED_SUBJECTS.keys() & labels


def test_every_present_name_is_recorded_and_no_former_one_is():
    recorded = set()
    for context in ("platform/plateau", "annotation", "registry", "workers"):
        for path in (ROOT / context).rglob("*.py"):
            if "tests" not in path.relative_to(ROOT).parts:
                recorded |= set(re.findall(r'action="([a-z_.]+)"', path.read_text()))
    assert set(RENAMED_ACTIONS.values()) <= recorded
    assert not RENAMED_ACTIONS.keys() & recorded
