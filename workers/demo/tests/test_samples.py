import pytest

from annotation.labeling.models import Comment, PreAnnotation, Task
from annotation.quality.models import Review
from annotation.samples.catalog import SAMPLES
from plateau.datalake.models import IngestBatch
from workers.demo.samples import project_of, work_on
from workers.demo.services import create_people


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["spans", "row_number"])
def test_a_small_project_has_labels_reviews_a_conflict_comments_and_predictions(kind, tmp_path, settings):
    settings.PLATEAU_HOME = tmp_path
    create_people()
    project = project_of(SAMPLES[kind])
    tasks = Task.objects.filter(project=project)
    tasks.update(shuffle=99_990_000)  # drawn at random: here every task is reviewed, and the first two take two people
    tasks.filter(pk__in=list(tasks.order_by("item__name", "pk").values_list("pk", flat=True)[:2])).update(shuffle=0)
    work_on(project, SAMPLES[kind])
    assert IngestBatch.objects.get(dataset=project.dataset).job.state == "done"
    assert tasks.in_conflict().count() == 1
    assert tasks.filter(state="done").exists()
    assert tasks.filter(state="review").exists()
    assert tasks.filter(state="open", annotation_count=0).exists()
    assert set(Review.objects.values_list("verdict", flat=True)) == {"rejected", "corrected", "accepted"}
    assert Comment.objects.count() >= 3
    assert PreAnnotation.objects.filter(task__project=project, task__state="open").exists()
    reviews = Review.objects.count()
    work_on(project_of(SAMPLES[kind]), SAMPLES[kind])
    assert Review.objects.count() == reviews
