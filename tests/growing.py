"""Rows in every list of the API, and as many more as wanted: what `test_query_counts` counts on.

Each step makes everything that a row may bring with it: versions with aliases and numbers, contracts with signatures
and evaluations, answers of two people. A list whose rows bear nothing asks for nothing, however wrong it is.
"""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from conftest import queued_job
from tests.applications import of_applications

METRICS = {key: {"value": 0.5, "low": 0.4, "high": 0.6} for key in ("accuracy", "macro_f1")}
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)

# Of replicas: later than any run of this, since what is silent for ten seconds is not listed.
ALIVE = timezone.now() + timedelta(days=1)


class Growing:
    """An organization in which every list has rows; `grow` adds `number` to each."""

    def __init__(self, people: Any, make_project: Callable[..., Any]) -> None:
        from annotation.labeling import services
        from annotation.labeling.models import Task
        from plateau.datalake.models import IngestBatch
        from registry.deployments.models import Deployment
        from registry.model_versions.models import BrowserExport, ModelVersion

        self.people, self.make_project = people, make_project
        self.actor = people.actor("admin")
        self.steps = 0
        self.project = make_project(items=40, name="Main")
        self.project.overlap = self.project.max_annotations_per_task = 2
        self.project.save()
        services.apply_overlap(project=self.project)
        self.tasks = list(Task.objects.filter(project=self.project).order_by("pk"))
        self.snapshot = self._snapshot(self.project, 0)
        self.version = ModelVersion.objects.create(
            project=self.project, snapshot=self.snapshot, name="main", version=1, recipe="image_probe", seed=0,
            mlflow_run_id="main", facts={"labels": ["apple", "pear"], "input_side": 8},
        )  # fmt: skip
        self.contract = self._contract(self.project, "Main")
        self.contract_evaluation = self._contract_evaluation(self.contract, self.version, self.snapshot)
        self.judged = [self._evaluation(one) for one in (self.version, self._second())]
        self.sweep: Any = None
        self.webhook: Any = None
        self.newest_member: Any = None
        self.first: dict[str, Any] = {}  # rows of applications, below which others grow
        self.upload = IngestBatch.objects.create(dataset=self.project.dataset)
        self.deployment = Deployment.objects.create(
            organization_id=self.actor.organization_id, project=self.project, name="main", model_name="main",
            version=self.version,
        )  # fmt: skip
        self.browser_export = BrowserExport.objects.create(
            version=self.version, variant="fp32", storage_key="none", size_bytes=1
        )

    def _second(self) -> Any:
        from registry.model_versions.models import ModelVersion

        return ModelVersion.objects.create(
            project=self.project, snapshot=self.snapshot, name="second", version=1, mlflow_run_id="second"
        )

    def _evaluation(self, version: Any) -> Any:
        from registry.model_versions.models import Evaluation

        return Evaluation.objects.create(
            version=version, snapshot=self.snapshot, predicted_by="worker", items=0, labels=["apple", "pear"],
            confusion=[[0, 0], [0, 0]], metrics=METRICS, per_class=[], predictions=[],
        )  # fmt: skip

    def ids(self) -> dict[str, int | str]:
        """What stands for the parameters of addresses."""
        from annotation.labeling.models import Annotation
        from workers.learning_curves.models import LearningCurve

        entry = self.snapshot.entries.order_by("pk").first()
        found: dict[str, int | str] = {
            "project_id": self.project.pk, "dataset_id": self.project.dataset_id, "task_id": self.tasks[0].pk,
            "version_id": self.version.pk, "evaluation_id": self.contract_evaluation.pk, "sweep_id": self.sweep.pk,
            "webhook_id": self.webhook.pk, "item_id": entry.item_id,
            "a": self.judged[0].version_id, "b": self.judged[1].version_id,
            "annotation_id": Annotation.objects.get(pk=entry.annotation_id).pk, "contract_id": self.contract.pk,
            "name": self.deployment.name, "batch_id": self.upload.pk, "job_id": self.contract_evaluation.job_id,
            "snapshot_id": self.snapshot.pk,
            "learning_curve_id": LearningCurve.objects.filter(project=self.project, ablation=None).first().pk,
            "variant": self.browser_export.variant,
        }  # fmt: skip
        for application in of_applications():
            found |= application.ids(self)
        return found

    def grow(self, number: int) -> None:
        """So many more of everything."""
        for _ in range(number):
            self.steps += 1
            self._of_the_organization(self.steps)
            self._of_the_project(self.steps)
            self._of_one_row(self.steps)
            self._another_project(self.steps)
            for application in of_applications():
                application.grow(self, self.steps)

    def job(self, kind: str = "test", project: Any = None, **more: Any) -> Any:
        """One that is done."""
        from plateau.jobs.models import Job

        job = queued_job(self.actor, kind, project_id=project.pk if project else None)
        Job.objects.filter(pk=job.pk).update(**({"state": "done"} | more))
        return job

    def _snapshot(self, project: Any, version: int, items: int = 2) -> Any:
        from workers.learning_curves.tests.curves import create_ready_snapshot

        return create_ready_snapshot(project, version, items)

    def _contract(self, project: Any, title: str) -> Any:
        from registry.contracts.models import Signature
        from registry.contracts.schemas import ContractIn, TermsIn
        from registry.contracts.services import create_contract

        given = ContractIn(title=title, terms=TermsIn(target=0.9, expected=0.95))
        contract = create_contract(actor=self.actor, project_id=project.pk, draft=given)
        for party, role in (("maker", "scientist"), ("customer", "customer")):
            user = self.people.members["ours", role].user
            Signature.objects.create(contract=contract, party=party, user=user, name="x", terms_hash="x")
        return contract

    def _contract_evaluation(self, contract: Any, version: Any, snapshot: Any) -> Any:
        from registry.contracts.models import ContractEvaluation

        job = self.job("evaluation", contract.project)
        user = self.people.members["ours", "scientist"].user
        return ContractEvaluation.objects.create(
            contract=contract, model_version=version, snapshot=snapshot, job=job, created_by=user, item_results=[]
        )

    def _of_the_organization(self, step: int) -> None:
        from annotation.labeling.models import ProjectMembership
        from annotation.projects.models import Team
        from plateau.audit.models import DataAccess
        from plateau.datalake.models import Erasure, IngestFinding, StagedFile
        from plateau.identity.models import MemberSession
        from plateau.identity.services import add_member
        from registry.segmentation_models.models import SegmentationModel
        from registry.webhooks.models import Webhook

        mine, organization = self.people.members["ours", "admin"], self.actor.organization_id
        new = add_member(actor=self.actor, email=f"more{step}@ours.example", name=f"More {step}", role="annotator")
        self.newest_member = new.user
        self.people.token("admin")
        MemberSession.objects.create(
            session_key=f"key{step}", session_data="", expire_date=timezone.now() + timedelta(days=1), user=mine.user,
            auth_hash=mine.user.get_session_auth_hash(),
        )  # fmt: skip
        team = Team.objects.create(organization_id=organization, name=f"Team {step}")
        team.members.set([mine.user, new.user])
        ProjectMembership.objects.create(project=self.project, user=new.user, annotation_count=step)
        hook = Webhook.objects.create(organization_id=organization, url="https://x.example/", events=[], secret="x")
        self.webhook = self.webhook or hook
        SegmentationModel.objects.create(
            organization_id=organization, name=f"A{step}", storage_key="none", size_bytes=1, created_by=new.user
        )
        lapsed = timezone.now() - timedelta(days=1)
        self.job("stuck", self.project, state="running", worker="w", lease_until=lapsed, started_at=lapsed)
        DataAccess.objects.create(
            organization_id=organization, user=new.user, item_id=self.tasks[step].item_id, day=timezone.now().date()
        )
        Erasure.objects.create(
            organization_id=organization, dataset=self.project.dataset, reason="asked", job=self.job("erase"),
            created_by=new.user, report={"items": 1, "counts": {}, "named": []},
        )  # fmt: skip
        StagedFile.objects.create(batch=self.upload, name=f"{step}.png", size=1, storage_key="none")
        IngestFinding.objects.create(batch=self.upload, name=f"{step}.png", code="x", message="x")

    def _more_items(self, step: int) -> None:
        """Open tasks, skipped by somebody and assigned to somebody."""
        from annotation.labeling.models import Skip, Task
        from annotation.labeling.services import sync_tasks
        from conftest import png
        from plateau.datalake.services import add_items, save_asset
        from plateau.datalake.sources import Entry

        user = self.people.members["ours", "reviewer"].user
        for number in range(6):
            asset = save_asset(organization_id=self.actor.organization_id, data=png(1000 + 10 * step + number))
            add_items(dataset_id=self.project.dataset_id, rows=[(Entry(f"more/{step}-{number}.png"), asset)])
        sync_tasks(self.project.dataset_id)
        for task in Task.objects.filter(project=self.project).order_by("-pk")[:6]:
            Skip.objects.create(task=task, user=user, reason="Unclear")
            Task.objects.filter(pk=task.pk).update(assignee=user)

    def _of_the_project(self, step: int) -> None:
        from annotation.labeling import queue
        from annotation.quality.models import GoldResult, GoldTask, LabelIssue
        from workers.learning_curves.models import ActiveLearningSimulation, ForecastBacktest, StoredForecast
        from workers.learning_curves.services import submit_ablation
        from workers.learning_curves.tests.curves import create_measured_curve
        from workers.sweeps.models import Sweep, Trial
        from workers.training.models import TrainingRun

        self._more_items(step)
        snapshot = self._snapshot(self.project, step)
        TrainingRun.objects.create(
            project=self.project, snapshot=snapshot, recipe="image_probe", seed=step,
            job=self.job("train", self.project),
        )  # fmt: skip
        sweep = Sweep.objects.create(
            project=self.project, snapshot=snapshot, recipe="image_probe", method="tpe", seed=0, space={}
        )
        self.sweep = self.sweep or sweep
        for number in range(2):
            Trial.objects.create(sweep=sweep, number=number, state="done", value=0.5, job=self.job("trial"))
        curve = create_measured_curve(self.people, snapshot)
        submit_ablation(actor=self.actor, snapshot=snapshot, recipe="image_cnn", parameter="mixing", params={}, seeds=2)
        ActiveLearningSimulation.objects.create(
            project=self.project, snapshot=snapshot, job=self.job("active-learning-simulation", self.project)
        )
        stored = StoredForecast.objects.create(learning_curve=curve, target=0.9, forecast={"current_labels": 640})
        ForecastBacktest.objects.create(
            stored_forecast=stored, n=1280, score=0.8, low_80=0.7, median=0.8, high_80=0.9, scaled_error=0.1,
            is_in_80=True, is_in_95=True,
        )  # fmt: skip
        for role, label in (("annotator", "apple"), ("scientist", "pear"), ("admin", "apple"), ("admin", "apple")):
            actor = self.people.actor(role)
            found = queue.lease_next_tasks(actor=actor, project_id=self.project.pk).tasks
            queue.submit_annotation(actor=actor, task_id=found[0]["id"], value={"label": label}, client_id=uuid.uuid4())
        task = self.tasks[-step]
        answer = task.annotations.first() or self._answer(task)
        LabelIssue.objects.create(task=task, annotation=answer, reason="model", score=0.1)
        task.annotation = answer
        task.save(update_fields=["annotation"])
        GoldTask.objects.create(task=task, value={"label": "apple"})
        user = self.people.members["ours", "annotator"].user
        GoldResult.objects.create(
            project=self.project, task=task, user=user, annotation=answer, similarity=1.0, is_correct=True
        )

    def _answer(self, task: Any) -> Any:
        from workers.learning_curves.tests.curves import annotate_task

        return annotate_task(task)

    def _of_one_row(self, step: int) -> None:
        """Lists below one task, version, sweep, webhook."""
        from annotation.labeling.models import Annotation, Comment
        from annotation.quality.models import Review
        from annotation.snapshots.models import SnapshotEntry
        from registry.deployments.models import BatchPrediction
        from registry.model_versions.models import BrowserExport, ModelVersion, Variant
        from registry.webhooks.models import Delivery
        from workers.sweeps.models import Trial

        user, task = self.people.members["ours", "reviewer"].user, self.tasks[0]
        Comment.objects.create(task=task, user=user, text="?")
        answer = Annotation.objects.create(
            project=self.project, task=task, user=user, client_id=uuid.uuid4(), source="reviewer",
            value={"label": "apple"}, schema_version=1, guideline_version=1,
        )  # fmt: skip
        Review.objects.create(
            project=self.project, task=task, annotation=answer, reviewer=user, verdict="rejected", reason="?",
            client_id=uuid.uuid4(),
        )  # fmt: skip
        self._of_one_model(step)
        entry = self.tasks[-step]
        SnapshotEntry.objects.create(
            snapshot=self.snapshot, item=entry.item, annotation=self._answer(entry), split="train"
        )
        ModelVersion.objects.create(  # learned from the same item and label
            project=self.project, snapshot=self.snapshot, name="main", version=step + 1, mlflow_run_id=f"r{step}"
        )
        BatchPrediction.objects.create(
            project=self.project, version=self.version, job=self.job("predict", self.project)
        )
        missing = [one for one in Variant.values if not self.version.exports.filter(variant=one).exists()]
        if missing:
            BrowserExport.objects.create(version=self.version, variant=missing[0], storage_key="none", size_bytes=1)
        Delivery.objects.create(webhook=self.webhook, event="alias.moved", payload={})
        Trial.objects.create(sweep=self.sweep, number=10 + step, job=self.job("trial", self.project))
        for right, evaluation in enumerate(self.judged):  # the first is wrong, the second right
            evaluation.predictions = [*evaluation.predictions, [entry.item_id, 1, right, 0.5]]
            evaluation.save(update_fields=["predictions"])
        self.contract_evaluation.item_results = [
            *self.contract_evaluation.item_results,
            [1, True, 0.5, "apple", "apple", 1],
        ]
        self.contract_evaluation.save(update_fields=["item_results"])

    def _of_one_model(self, step: int) -> None:
        """Evaluations by one contract; moves, deployments and people of one version; what one deployment saw."""
        from annotation.labeling.aggregation import aggregate_annotations
        from annotation.labeling.models import Annotation
        from annotation.snapshots.models import SnapshotEntry
        from plateau.identity.services import add_member
        from registry.deployments.models import Deployment, DeploymentStatsHourly, Replica
        from registry.model_versions.models import AliasChange

        one = add_member(actor=self.actor, email=f"one{step}@ours.example", name=f"One {step}", role="annotator").user
        self._contract_evaluation(self.contract, self.version, self.snapshot)
        AliasChange.objects.create(
            project=self.project, name="main", alias="production", version=self.version, previous_version=self.version,
            contract_evaluation_id=self.contract_evaluation.pk, protected=False, changed_by=one,
        )  # fmt: skip
        Deployment.objects.create(
            organization_id=self.actor.organization_id, project=self.project, name=f"main-{step}", model_name="main",
            version=self.version,
        )  # fmt: skip
        Replica.objects.create(deployment=self.deployment, process=f"p{step}", version=self.version, heartbeat_at=ALIVE)
        hour = timezone.now() - timedelta(hours=step)
        DeploymentStatsHourly.objects.create(
            deployment=self.deployment, version=self.version, hour=hour, prediction_count=3
        )
        task = self.tasks[-20 - step]
        answer = Annotation.objects.create(
            project=self.project, task=task, user=one, client_id=uuid.uuid4(), source="person",
            value={"label": "pear"}, schema_version=1, guideline_version=1,
        )  # fmt: skip
        SnapshotEntry.objects.create(snapshot=self.snapshot, item=task.item, annotation=answer, split="train")
        Annotation.objects.create(
            project=self.project, task=self.tasks[0], user=one, client_id=uuid.uuid4(), source="person",
            value={"label": "pear"}, schema_version=1, guideline_version=1,
        )  # fmt: skip
        aggregate_annotations(actor=self.actor, task_id=self.tasks[0].pk)

    def _another_project(self, step: int) -> None:
        """A project with two people's answers, a curve below its target, costs, a model that runs, a contract."""
        from annotation.labeling import queue, services
        from registry.deployments.models import Deployment, DeploymentStatsHourly, Replica
        from registry.model_versions.models import AliasChange, ModelVersion, RegisteredModel
        from workers.learning_curves.models import ProjectCostModel
        from workers.learning_curves.tests.curves import create_measured_curve

        project = self.make_project(items=12, name=f"Project {step}")
        project.overlap = project.max_annotations_per_task = 2
        project.hourly_cost = 30.0
        project.save()
        services.apply_overlap(project=project)
        for role, label in (("annotator", "apple"), ("scientist", "pear")):
            actor = self.people.actor(role)
            for _ in range(11):
                task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
                queue.submit_annotation(
                    actor=actor, task_id=task, value={"label": label}, client_id=uuid.uuid4(), active_ms=4000
                )
        snapshot = self._snapshot(project, 1)
        create_measured_curve(self.people, snapshot, top=0.85)
        ProjectCostModel.objects.create(project=project, cost_per_label=2.0)
        user = self.people.members["ours", "scientist"].user
        for number in (1, 2):
            RegisteredModel.objects.update_or_create(project=project, name="m", defaults={"latest_version": number})
            version = ModelVersion.objects.create(
                project=project, snapshot=snapshot, name="m", version=number, mlflow_run_id=f"m{step}-{number}",
                created_by=user,
            )  # fmt: skip
        AliasChange.objects.create(
            project=project, name="m", alias="production", version=version, protected=False, changed_by=user
        )
        ModelVersion.objects.filter(pk=version.pk).update(aliases=["production"])
        row = Deployment.objects.create(
            organization_id=self.actor.organization_id,
            project=project,
            name=f"d{step}",
            model_name="m",
            version=version,
        )
        aliased = Deployment.objects.create(
            organization_id=self.actor.organization_id,
            project=project,
            name=f"a{step}",
            model_name="m",
            alias="production",
        )
        for deployment in (row, aliased):
            Replica.objects.create(deployment=deployment, process="p", version=version, heartbeat_at=ALIVE)
            DeploymentStatsHourly.objects.create(
                deployment=deployment, version=version, hour=timezone.now(), prediction_count=3
            )
        self._contract_evaluation(self._contract(project, f"Contract {step}"), version, snapshot)
