"""Stored JSON takes the present names and gets the former ones back."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from registry.model_versions.models import Evaluation, ModelVersion
from registry.model_versions.tests.factories import EvaluationFactory, ModelVersionFactory

migration = import_module("registry.model_versions.migrations.0009_correct_and_image_size")


@pytest.mark.django_db
def test_names_of_stored_json_go_forward_and_back():
    counted = [{"label": "a", "items": 9, "right": 7, "low": 0.4, "high": 0.9}, {"label": "b", "items": 0, "right": 0}]
    valued = [{"label": "a", "items": 9, "value": 0.5, "low": 0.4, "high": 0.9}]
    version = ModelVersionFactory(facts={"labels": ["a", "b"], "input_side": 32}, per_class=counted)
    other = ModelVersionFactory(facts={"problem": "mlmodel_missing"}, per_class=[])
    evaluation = EvaluationFactory(version=version, per_class=valued)

    def stored() -> list[object]:
        versions = ModelVersion.objects.in_bulk([version.pk, other.pk])
        rows = [versions[version.pk], versions[other.pk]]
        evaluated = Evaluation.objects.get(pk=evaluation.pk)
        return [*((row.facts, row.per_class) for row in rows), evaluated.per_class]

    former = stored()
    editor = SimpleNamespace(connection=connection)
    migration.forwards(None, editor)
    (facts, per_class), *rest = stored()
    assert facts == {"labels": ["a", "b"], "image_size": 32}
    assert per_class[0] == {"label": "a", "items": 9, "correct": 7, "low": 0.4, "high": 0.9}
    assert per_class[1] == {"label": "b", "items": 0, "correct": 0}
    assert rest == former[1:]
    migration.backwards(None, editor)
    assert stored() == former
