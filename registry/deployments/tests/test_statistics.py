import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from registry.deployments.models import DeploymentStatsHourly, Feedback, FeedbackReason
from registry.deployments.serving.feedback_buffer import CapturedSample, FeedbackBuffer
from registry.deployments.serving.served_model import ImagePrediction
from registry.deployments.serving.statistics import DeploymentStatsBuffer
from registry.deployments.tests.factories import DeploymentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deployed(make_project):
    deployment = DeploymentFactory(project=make_project(items=0))
    return deployment, deployment.version


def test_counts_of_an_hour_add_up_over_writes_and_processes(deployed):
    row, version = deployed
    for buffer in (DeploymentStatsBuffer(), DeploymentStatsBuffer()):
        for label, confidence in (("apple", 0.99), ("pear", 0.4), ("apple", 1.0)):
            buffer.record_prediction(
                row.pk, version.pk, label=label, confidence=confidence, image_statistics=(0.5, 0.1), latency_ms=2.0
            )
        buffer.increment(row.pk, version.pk, "rejected_count")
        buffer.flush()
        buffer.flush()  # nothing is there any more
    stats = DeploymentStatsHourly.objects.get()
    assert (stats.prediction_count, stats.rejected_count, stats.latency_ms_sum) == (6, 2, 12.0)
    assert stats.label_counts == {"apple": 4, "pear": 2}
    assert (stats.confidence_histogram[19], stats.confidence_histogram[8], sum(stats.confidence_histogram)) == (4, 2, 6)
    assert sum(stats.brightness_histogram) == sum(stats.contrast_histogram) == 6


def test_a_shadow_that_only_agrees_is_counted_again_and_again(deployed):
    row, version = deployed
    buffer = DeploymentStatsBuffer()
    for _ in range(3):
        buffer.increment(row.pk, version.pk, "shadow_prediction_count")
        buffer.increment(row.pk, version.pk, "shadow_agreement_count")
        buffer.flush()
    stats = DeploymentStatsHourly.objects.get()
    assert (stats.shadow_prediction_count, stats.shadow_agreement_count, stats.label_counts) == (3, 3, {})


def test_counts_that_cannot_be_written_stay_for_the_next_time(deployed, monkeypatch):
    row, version = deployed
    buffer = DeploymentStatsBuffer()
    buffer.increment(row.pk, version.pk, "failed_count")
    with monkeypatch.context() as broken:
        broken.setattr("registry.deployments.serving.statistics._ADD", "SELECT broken")
        with pytest.raises(DatabaseError), transaction.atomic():
            buffer.flush()
    buffer.increment(row.pk, version.pk, "failed_count")
    buffer.flush()
    assert DeploymentStatsHourly.objects.get().failed_count == 2


def test_counts_of_a_deployment_that_is_gone_are_dropped(deployed):
    row, version = deployed
    buffer = DeploymentStatsBuffer()
    buffer.increment(row.pk + 1, version.pk, "failed_count")
    buffer.flush()
    assert not DeploymentStatsHourly.objects.exists()


def test_a_sample_waits_while_the_storage_is_unavailable(deployed, settings, monkeypatch):
    row, version = deployed
    buffer = FeedbackBuffer()
    sample = CapturedSample(
        row.pk, version.pk, b"picture", ImagePrediction("apple", 0.3, {"label": "apple"}), FeedbackReason.LOW_CONFIDENCE
    )
    with monkeypatch.context() as broken:
        broken.setattr(
            "django.core.files.storage.default_storage.save", lambda *_: (_ for _ in ()).throw(OSError("away"))
        )
        assert not buffer._store(sample)
        assert not Feedback.objects.exists()
    assert buffer._store(sample)
    feedback = Feedback.objects.get()
    with default_storage.open(feedback.storage_key) as file:
        assert (file.read(), feedback.predicted_label, feedback.reason) == (b"picture", "apple", "low_confidence")
    assert feedback.prediction == {"label": "apple"}
    row.delete()
    assert buffer._store(sample)  # nobody is left who would want it
