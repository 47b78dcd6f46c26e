"""Work on the labels themselves, with the real backbone: order by a strategy, look for wrong labels."""

import uuid

import numpy as np
import pytest

from annotation.labeling import queue, services
from annotation.labeling.models import Task
from annotation.quality.models import LabelIssue
from annotation.quality.services import submit_label_issues
from plateau.datalake.services import add_items, create_dataset, save_asset
from plateau.datalake.sources import Entry
from plateau.jobs.handlers import Running
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job
from plateau.jobs.services import claim_job

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def stripes(seed: int, across: bool) -> bytes:
    """A picture that a backbone tells apart: lines one way or the other, in noise."""
    import io

    from PIL import Image

    rng = np.random.default_rng(seed)
    wave = (np.sin(np.arange(64) / 3 + rng.uniform(0, 6)) > 0) * 160
    field = np.tile(wave, (64, 1)) if across else np.tile(wave[:, None], (1, 64))
    pixels = field[..., None] + rng.integers(0, 60, (64, 64, 3))
    out = io.BytesIO()
    Image.fromarray(pixels.astype("uint8")).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def project(people, make_project):
    project = make_project(items=0)
    actor = people.actor("admin")
    dataset = create_dataset(actor=actor, name="Stripes")
    project.dataset = dataset
    project.save()
    rows = [
        (Entry(f"{n}.png"), save_asset(organization_id=actor.organization_id, data=stripes(n, n % 2 == 0)))
        for n in range(100)
    ]
    add_items(dataset_id=dataset.pk, rows=rows)
    services.sync_tasks(dataset.pk)
    return project


def label(people, project, number, wrong=()):
    actor = people.actor("annotator")
    for _ in range(number):
        task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]
        n = int(task["item"]["name"].split(".")[0])
        right = "apple" if n % 2 == 0 else "pear"
        submitted = right if n not in wrong else ("pear" if right == "apple" else "apple")
        queue.submit_annotation(actor=actor, task_id=task["id"], value={"label": submitted}, client_id=uuid.uuid4())


def run(job: Job) -> dict:
    claim = claim_job(job_id=job.pk, worker="test")
    row = Job.objects.get(pk=job.pk)
    running = Running(claim, row)
    return JOB_KINDS[row.kind].load_runner()(running)


def test_wrong_labels_are_ranked_first_with_what_they_should_be(people, project):
    wrong = {7, 22, 41}
    label(people, project, 100, wrong)
    result = run(submit_label_issues(actor=people.actor("manager"), project=project))
    issues = list(LabelIssue.objects.order_by("score").select_related("task__item"))
    suspected = {int(issue.task.item.name.split(".")[0]) for issue in issues if issue.reason == "confident_learning"}
    assert result == {"items": 100, "near_duplicates": 0, "label_issues": len(suspected)}
    assert wrong <= suspected
    assert len(suspected) <= 8
    for issue in issues[:3]:
        n = int(issue.task.item.name.split(".")[0])
        assert issue.suggested_label == ("apple" if n % 2 == 0 else "pear")


def test_a_strategy_orders_the_queue_and_leaves_the_test_set_and_a_control_arm_at_random(people, project):
    from workers.training.active_learning import is_control
    from workers.training.image_features import fetch_task_rows, is_held_out

    label(people, project, 30)
    project.order = "margin"
    project.save()
    job = services.reorder_queue(actor=people.actor("manager"), project=project)
    result = run(job)
    placed = result["ordered"] + result["left_random"] + result["control"]
    assert (result["strategy"], placed) == ("margin", 70)
    assert result["learned_from"] < 30  # the held-out ones among the labeled taught it nothing
    positions = dict(Task.objects.filter(state="open").values_list("pk", "position"))
    waiting = fetch_task_rows(project, states=("open",))
    held_out = [positions[row["pk"]] for row in waiting if is_held_out(project, row)]
    ordered = sorted(positions[row["pk"]] for row in waiting if not is_held_out(project, row))
    assert result["control"] == sum(is_control(project, row) and not is_held_out(project, row) for row in waiting)
    assert 0 < result["control"] < 20
    assert len(set(ordered)) == len(ordered)
    assert all(-1 <= position <= 0 for position in [*held_out, *ordered])
    first = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk).tasks[0]["id"]
    assert positions[first] == min(positions.values())


def test_random_order_takes_the_positions_away(people, project):
    Task.objects.update(position=-3)
    project.order = "random"
    project.save()
    assert services.reorder_queue(actor=people.actor("manager"), project=project) is None
    assert not Task.objects.exclude(position=0).exists()
