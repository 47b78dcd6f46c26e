"""Events of 0.2.0 are read, and found, under the names that actions have now; what is stored stays."""

import re
from pathlib import Path

import pytest

from plateau.audit.models import AuditEvent
from plateau.audit.renamed_actions import RENAMED_ACTIONS

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.django_db
def test_an_event_of_a_former_name_is_shown_and_found_under_the_present_one(people):
    organization_id = people.actor("admin").organization_id
    for action in ("contract.drawn_up", "contract.signed", "seat.changed"):
        AuditEvent.objects.create(organization_id=organization_id, action=action, subject="x", subject_id="1")
    client = people.client("admin")

    def actions(prefix: str) -> list[str]:
        return [row["action"] for row in client.get(f"/api/v1/audit-log/?action={prefix}").json()["results"]]

    assert actions("contract.") == ["contract.signed", "contract.created"]
    assert actions("project_membership.changed") == ["project_membership.changed"]
    assert actions("seat.") == ["project_membership.changed"]
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"contract.drawn_up", "seat.changed"}


def test_every_present_name_is_recorded_and_no_former_one_is():
    recorded = set()
    for context in ("platform/plateau", "annotation", "registry", "workers"):
        for path in (ROOT / context).rglob("*.py"):
            if "tests" not in path.parts:
                recorded |= set(re.findall(r'action="([a-z_.]+)"', path.read_text()))
    assert set(RENAMED_ACTIONS.values()) <= recorded
    assert not RENAMED_ACTIONS.keys() & recorded
