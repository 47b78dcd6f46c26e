"""Fixtures of tests that cross contexts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from conftest import queued_job
from tests.stack import Stack


@pytest.fixture
def stack(transactional_db: None, tmp_path: Path, mlflow_tables: None) -> Iterator[Stack]:
    """Nothing runs yet; start what the test needs."""
    import redis
    from django.conf import settings

    address = settings.REDIS_URL
    redis.Redis.from_url(address).flushdb()
    made = Stack(tmp_path)
    yield made
    made.stop()


S3_KEYS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "s3-tests-0nly-7Wq9Zx2Lk4",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def s3_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3 server with an empty bucket `plateau`, and its keys in the environment; its address."""
    for key, value in S3_KEYS.items():
        monkeypatch.setenv(key, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=address).create_bucket(Bucket="plateau")
    yield address
    server.stop()


@pytest.fixture
def world(people: Any, make_project: Callable[..., Any], answer_all: Callable[..., None]) -> dict[str, int | str]:
    """A row of everything, in the other organization: what the parameters of routes are called, and its number."""
    from annotation.labeling.models import Annotation, Comment, Task
    from annotation.projects.models import Team
    from annotation.snapshots.models import Snapshot
    from plateau.datalake.models import Asset, Item, PartedFile
    from plateau.datalake.services import open_batch
    from plateau.identity.models import ApiToken
    from plateau.identity.services import add_member
    from registry.contracts.models import ContractEvaluation
    from registry.contracts.schemas import ContractIn, TermsIn
    from registry.contracts.services import create_contract
    from registry.deployments.models import BatchPrediction, Deployment
    from registry.model_versions.models import ModelVersion, RegisteredModel
    from registry.segmentation_models.models import SegmentationModel
    from registry.webhooks.models import Webhook
    from tests.applications import of_applications
    from workers.learning_curves.models import LearningCurve
    from workers.sweeps.models import Sweep
    from workers.training.models import TrainingRun

    project = make_project(organization="theirs")
    actor = people.actor("admin", "theirs")
    people.token("admin", "theirs")
    answer_all(actor, project, limit=1)
    snapshot = Snapshot.objects.create(project=project, version=1, kind="classification", labels=[], schema_version=1)

    def job() -> Any:
        return queued_job(actor, project_id=project.pk)

    jobs = [job() for _ in range(5)]
    common = {"project": project, "snapshot": snapshot, "recipe": "image_probe"}
    curve = LearningCurve.objects.create(**common, sizes=[1], seeds=[0], job=jobs[1])
    run = TrainingRun.objects.create(**common, seed=0, job=jobs[2])
    version = ModelVersion.objects.create(**common, name="m", version=1, mlflow_run_id="x", seed=0, code_version="c")
    contract = create_contract(
        actor=actor, project_id=project.pk, draft=ContractIn(title="c", terms=TermsIn(target=0.9, expected=0.95))
    )
    evaluation = ContractEvaluation.objects.create(
        contract=contract, model_version=version, snapshot=snapshot, job=jobs[3]
    )
    rows: dict[str, int | str] = {
        "contract_id": contract.pk,
        "evaluation_id": evaluation.pk,
        "member_id": (
            spare := add_member(actor=actor, email="spare@theirs.example", name="Spare", role="annotator")
        ).pk,
        "user_id": spare.user_id,
        "session_id": "none",
        "token_id": ApiToken.objects.filter(membership__organization__name="theirs").first().pk,
        "job_id": jobs[0].pk,
        "dataset_id": project.dataset_id,
        "batch_id": (batch := open_batch(actor=actor, dataset=project.dataset)).pk,
        "parted_id": PartedFile.objects.create(
            batch=batch, name="x", size=1, part_size=1, storage_key="none", upload_id="none"
        ).pk,
        "asset_id": Asset.objects.first().pk,
        "level": 0,
        "column": 0,
        "row": 0,
        "item_id": Item.objects.first().pk,
        "project_id": project.pk,
        "task_id": Task.objects.first().pk,
        "segmentation_model_id": SegmentationModel.objects.create(
            organization_id=actor.organization_id, name="Clicks", storage_key="segmentation-models/none", size_bytes=1
        ).pk,
        "team_id": Team.objects.create(organization_id=actor.organization_id, name="Night").pk,
        "comment_id": Comment.objects.create(task=Task.objects.first(), text="?").pk,
        "snapshot_id": snapshot.pk,
        "run_id": run.pk,
        "learning_curve_id": curve.pk,
        "sweep_id": Sweep.objects.create(**common, method="tpe", seed=0, space={}).pk,
        "version_id": version.pk,
        "model_id": RegisteredModel.objects.create(project=project, name="m", latest_version=1).pk,
        "batch_prediction_id": BatchPrediction.objects.create(project=project, version=version, job=jobs[4]).pk,
        "annotation_id": Annotation.objects.get().pk,
        "alias": "x",
        "variant": "fp32",
        "name": Deployment.objects.create(
            organization_id=actor.organization_id, project=project, name="shop", model_name="m", version=version
        ).name,
        "webhook_id": Webhook.objects.create(
            organization_id=actor.organization_id, url="https://example.com/", events=[], secret="whsec_AA=="
        ).pk,
    }
    for application in of_applications():
        rows |= application.rows_of_another_organization(actor.organization_id, job)
    return rows
