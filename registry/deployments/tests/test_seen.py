import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from registry.deployments.models import Deployment, Feedback, Hour
from registry.deployments.serving.loaded import Said
from registry.deployments.serving.seen import Seen
from registry.deployments.serving.spool import Kept, Spool
from registry.model_versions.models import ModelVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def deployed(make_project):
    project = make_project(items=0)
    version = ModelVersion.objects.create(project=project, name="m", version=1)
    row = Deployment.objects.create(
        organization_id=project.organization_id, project=project, name="shop", model="m", version=version
    )
    return row, version


def test_counts_of_an_hour_add_up_over_writes_and_processes(deployed):
    row, version = deployed
    for seen in (Seen(), Seen()):
        for label, confidence in (("apple", 0.99), ("pear", 0.4), ("apple", 1.0)):
            seen.answered(row.pk, version.pk, label=label, confidence=confidence, looks=(0.5, 0.1), took=2.0)
        seen.add(row.pk, version.pk, "refused")
        seen.write()
        seen.write()  # nothing is there any more
    hour = Hour.objects.get()
    assert (hour.answered, hour.refused, hour.milliseconds) == (6, 2, 12.0)
    assert hour.labels == {"apple": 4, "pear": 2}
    assert (hour.confidence[19], hour.confidence[8], sum(hour.confidence)) == (4, 2, 6)
    assert sum(hour.brightness) == sum(hour.contrast) == 6


def test_a_shadow_that_only_agrees_is_counted_again_and_again(deployed):
    row, version = deployed
    seen = Seen()
    for _ in range(3):
        seen.add(row.pk, version.pk, "shadow_answered")
        seen.add(row.pk, version.pk, "shadow_agreed")
        seen.write()
    hour = Hour.objects.get()
    assert (hour.shadow_answered, hour.shadow_agreed, hour.labels) == (3, 3, {})


def test_what_cannot_be_written_is_kept_for_the_next_time(deployed, monkeypatch):
    row, version = deployed
    seen = Seen()
    seen.add(row.pk, version.pk, "failed")
    with monkeypatch.context() as broken:
        broken.setattr("registry.deployments.serving.seen._ADD", "SELECT broken")
        with pytest.raises(DatabaseError), transaction.atomic():
            seen.write()
    seen.add(row.pk, version.pk, "failed")
    seen.write()
    assert Hour.objects.get().failed == 2


def test_counts_of_a_deployment_that_is_gone_are_dropped(deployed):
    row, version = deployed
    seen = Seen()
    seen.add(row.pk + 1, version.pk, "failed")
    seen.write()
    assert not Hour.objects.exists()


def test_a_picture_for_people_waits_while_the_storage_is_away(deployed, settings, monkeypatch):
    row, version = deployed
    spool = Spool()
    picture = Kept(row.pk, version.pk, b"picture", Said("apple", 0.3), "unsure")
    with monkeypatch.context() as away:
        away.setattr(
            "django.core.files.storage.default_storage.save", lambda *_: (_ for _ in ()).throw(OSError("away"))
        )
        assert not spool._keep(picture)
        assert not Feedback.objects.exists()
    assert spool._keep(picture)
    kept = Feedback.objects.get()
    with default_storage.open(kept.storage_key) as file:
        assert (file.read(), kept.label, kept.why) == (b"picture", "apple", "unsure")
    assert kept.value == {"label": "apple"}
    row.delete()
    assert spool._keep(picture)  # nobody is left who would want it
