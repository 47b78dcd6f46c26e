import uuid

import numpy as np
import pytest

from annotation.labeling import queue
from annotation.labeling.models import Task
from annotation.labeling.tests.factories import PreAnnotationFactory
from annotation.quality.pre_annotation_effect import PreAnnotatedLabel, measure_effect


def test_time_saved_and_errors_copied_are_found_where_they_are():
    rng = np.random.default_rng(0)
    rows = []
    for number in range(600):
        was_shown, wrong = number % 3 != 0, number % 5 == 0
        same = (not wrong) or rng.random() < (0.4 if was_shown else 0.05)
        rows.append(PreAnnotatedLabel(was_shown, float(rng.gamma(4, 0.5 if was_shown else 1.0)), bool(same), wrong))
    effect = measure_effect(rows)
    assert effect.time_ratio.high < 0.65
    assert effect.agreement_difference.low > 0
    assert effect.copied_error_difference.low > 0.15
    assert effect.copied_error_difference.low < 0.35 < effect.copied_error_difference.high


def test_pre_annotations_without_effect_show_none():
    rng = np.random.default_rng(1)
    covered_count = 0
    for _ in range(100):
        rows = [
            PreAnnotatedLabel(bool(rng.random() < 0.7), float(rng.gamma(4, 1)), bool(rng.random() < 0.8))
            for _ in range(200)
        ]
        effect = measure_effect(rows)
        covered_count += effect.agreement_difference.low <= 0 <= effect.agreement_difference.high
        assert effect.copied_error_difference is None
    assert covered_count >= 88


def test_too_few_annotations_give_no_figures():
    effect = measure_effect([PreAnnotatedLabel(True, 1.0, True)] * 50 + [PreAnnotatedLabel(False, 1.0, True)] * 9)
    assert (effect.time_ratio, effect.agreement_difference, effect.copied_error_difference) == (None, None, None)


@pytest.mark.django_db
def test_the_report_compares_shown_with_hidden_pre_annotations(people, make_project):
    project = make_project(items=24)
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    for number, task in enumerate(tasks):
        PreAnnotationFactory(task=task, is_hidden=number % 2 == 0)
    actor = people.actor("annotator")
    for _ in tasks:
        task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]
        queue.submit_annotation(
            actor=actor,
            task_id=task["id"],
            value={"label": "apple" if task["pre_annotation"] else "pear"},
            client_id=uuid.uuid4(),
            active_ms=1000 if task["pre_annotation"] else 2000,
            pre_annotation_shown=bool(task["pre_annotation"]),
        )
    effect = people.client("manager").get(f"/api/v1/projects/{project.pk}/pre-annotation-effect/").json()
    assert (effect["shown_count"], effect["hidden_count"]) == (12, 12)
    assert effect["time_ratio"]["value"] == 0.5
    assert effect["agreement_difference"]["value"] == 1.0
    assert effect["copied_error_difference"] is None
