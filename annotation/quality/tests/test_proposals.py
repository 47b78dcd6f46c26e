import uuid

import numpy as np
import pytest

from annotation.labeling import queue
from annotation.labeling.models import Prelabel, Task
from annotation.quality.proposals import Answered, effect


def test_time_saved_and_errors_copied_are_found_where_they_are():
    rng = np.random.default_rng(0)
    rows = []
    for number in range(600):
        shown, wrong = number % 3 != 0, number % 5 == 0
        same = (not wrong) or rng.random() < (0.4 if shown else 0.05)
        rows.append(Answered(shown, float(rng.gamma(4, 0.5 if shown else 1.0)), bool(same), wrong))
    found = effect(rows)
    assert found.time.high < 0.65
    assert found.pull.low > 0
    assert found.copied.low > 0.15
    assert found.copied.low < 0.35 < found.copied.high


def test_proposals_that_do_nothing_are_not_said_to_do_something():
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        rows = [
            Answered(bool(rng.random() < 0.7), float(rng.gamma(4, 1)), bool(rng.random() < 0.8)) for _ in range(200)
        ]
        found = effect(rows)
        held += found.pull.low <= 0 <= found.pull.high
        assert found.copied is None
    assert held >= 88


def test_few_answers_say_nothing():
    found = effect([Answered(True, 1.0, True)] * 50 + [Answered(False, 1.0, True)] * 9)
    assert (found.time, found.pull, found.copied) == (None, None, None)


@pytest.mark.django_db
def test_the_report_tells_shown_proposals_from_those_kept_back(people, make_project):
    project = make_project(items=24)
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    Prelabel.objects.bulk_create(
        [
            Prelabel(task=task, value={"label": "apple"}, model="m 1", hidden=number % 2 == 0)
            for number, task in enumerate(tasks)
        ]
    )
    actor = people.actor("annotator")
    for _ in tasks:
        task = queue.lease_next(actor=actor, project_id=project.pk).tasks[0]
        queue.submit(
            actor=actor,
            task_id=task["id"],
            value={"label": "apple" if task["prelabel"] else "pear"},
            client_id=uuid.uuid4(),
            active_ms=1000 if task["prelabel"] else 2000,
            prelabel_shown=bool(task["prelabel"]),
        )
    found = people.client("manager").get(f"/api/v1/projects/{project.pk}/proposals/").json()
    assert (found["shown"], found["control"]) == (12, 12)
    assert found["time"]["value"] == 0.5
    assert found["pull"]["value"] == 1.0
    assert found["copied"] is None
