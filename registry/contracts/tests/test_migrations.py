"""What 0.2.0 stored of evaluations is renamed, there and back."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from plateau.jobs.models import Job
from registry.contracts import services
from registry.contracts.models import Contract, ContractEvaluation
from registry.contracts.schemas import ContractIn, TermsIn
from registry.contracts.tests.factories import ContractEvaluationFactory

pytestmark = pytest.mark.django_db
migration = import_module("registry.contracts.migrations.0002_evaluations")
FORMER_RESULT = {
    "verdict": "open",
    "parts": [
        {"key": "all", "good": 0.95, "right": 9, "items": 10, "state": "open", "missing": 4}
        | {"design_items": 59, "design_errors": 0}
    ],
    "mistakes": [{"item_id": 1, "name": "x", "truth": "a", "answered": "b", "confidence": 0.9}],
    "agreement": {"value": None},
}


@pytest.fixture
def evaluation(people, make_project) -> ContractEvaluation:
    project = make_project()
    draft = ContractIn(title="Good enough", terms=TermsIn(target=0.9, expected=0.95), **people.signers(project))
    contract = services.create_contract(actor=people.actor("scientist"), project_id=project.pk, draft=draft)
    Contract.objects.filter(pk=contract.pk).update(facts={"judged_before": 3, "guideline_version": 1})
    evaluation = ContractEvaluationFactory(
        contract=contract, job__kind="judge", job__state="done", verdict="open", result=FORMER_RESULT
    )
    Job.objects.filter(pk=evaluation.job_id).update(
        payload={"snapshot_id": evaluation.snapshot_id, "look_id": evaluation.pk},
        result={"look_id": evaluation.pk, "verdict": "open"},
    )
    return evaluation


def test_results_and_facts_are_renamed_there_and_back(evaluation):
    migration.forwards(apps, None)
    evaluation.refresh_from_db()
    assert (evaluation.verdict, evaluation.result["verdict"]) == ("inconclusive", "inconclusive")
    assert evaluation.result["parts"] == [
        {"key": "all", "expected": 0.95, "correct": 9, "items": 10, "state": "inconclusive"}
        | {"additional_samples_needed": 4, "sample_size": 59, "acceptance_number": 0}
    ]
    assert evaluation.result["errors"] == [
        {"item_id": 1, "name": "x", "true_label": "a", "predicted_label": "b", "confidence": 0.9}
    ]
    contract = Contract.objects.get(pk=evaluation.contract_id)
    assert contract.facts == {"versions_evaluated_before": 3, "guideline_version": 1}
    migration.backwards(apps, None)
    evaluation.refresh_from_db()
    assert (evaluation.verdict, evaluation.result) == ("open", FORMER_RESULT)


def test_jobs_that_wait_are_renamed_there_and_back(evaluation):
    operation = migration.Migration.operations[-1]
    with connection.cursor() as cursor:
        cursor.execute(operation.sql)
    job = Job.objects.get(pk=evaluation.job_id)
    assert (job.kind, job.payload) == (
        "evaluate_contract",
        {"snapshot_id": evaluation.snapshot_id, "evaluation_id": evaluation.pk},
    )
    assert job.result == {"evaluation_id": evaluation.pk, "verdict": "open"}
    with connection.cursor() as cursor:
        cursor.execute(operation.reverse_sql)
    job.refresh_from_db()
    assert (job.kind, job.payload) == ("judge", {"snapshot_id": evaluation.snapshot_id, "look_id": evaluation.pk})
