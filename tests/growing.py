"""An organization with rows in every list of the API, and as many more as wanted, for tests of query counts and pages.

Each step makes everything that a row may bring with it: versions with aliases and metrics, contracts with signatures
and evaluations, annotations of two people. A list whose rows bear nothing costs nothing, however wrong it is.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from annotation.labeling import queue, services
from annotation.labeling.aggregation import aggregate_annotations
from annotation.labeling.models import Annotation, Source, Task
from annotation.labeling.services import sync_tasks
from annotation.labeling.tests.factories import (
    AnnotationFactory,
    CommentFactory,
    ProjectMembershipFactory,
    SkipFactory,
)
from annotation.projects.models import Project
from annotation.projects.tests.factories import SavedViewFactory, TeamFactory
from annotation.quality.models import Verdict
from annotation.quality.tests.factories import GoldResultFactory, GoldTaskFactory, LabelIssueFactory, ReviewFactory
from annotation.snapshots.models import Snapshot
from annotation.snapshots.tests.factories import SnapshotEntryFactory
from conftest import Organizations
from plateau.audit.tests.factories import DataAccessFactory
from plateau.datalake.tests.factories import (
    ErasureFactory,
    IngestBatchFactory,
    IngestFindingFactory,
    ItemFactory,
    StagedFileFactory,
)
from plateau.identity.models import Membership, User
from plateau.identity.services import add_member
from plateau.identity.tests.factories import MemberSessionFactory
from plateau.jobs.models import Job, JobState
from plateau.jobs.tests.factories import JobFactory
from registry.contracts.models import Contract, ContractEvaluation, Party
from registry.contracts.tests.factories import ContractEvaluationFactory, ContractFactory, SignatureFactory
from registry.deployments.tests.factories import (
    BatchPredictionFactory,
    DeploymentFactory,
    DeploymentStatsHourlyFactory,
    ReplicaFactory,
)
from registry.model_versions.models import ModelVersion, Variant
from registry.model_versions.tests.factories import (
    AliasChangeFactory,
    BrowserExportFactory,
    EvaluationFactory,
    ModelVersionFactory,
    RegisteredModelFactory,
)
from registry.segmentation_models.tests.factories import SegmentationModelFactory
from registry.tracked_runs.tests.factories import TrackedRunFactory
from registry.webhooks.tests.factories import DeliveryFactory, WebhookFactory
from tests.applications import of_applications
from workers.learning_curves.models import LearningCurve, ProjectCostModel
from workers.learning_curves.services import submit_ablation
from workers.learning_curves.tests.curves import annotate_task, create_measured_curve, create_ready_snapshot
from workers.learning_curves.tests.factories import (
    ActiveLearningSimulationFactory,
    ForecastBacktestFactory,
    StoredForecastFactory,
)
from workers.sweeps.tests.factories import SweepFactory, TrialFactory
from workers.training.tests.factories import TrainingRunFactory

# Of replicas: later than any run of this, since what is silent for ten seconds is not listed.
ALIVE = timezone.now() + timedelta(days=1)


class GrowingOrganization:
    """The organization `ours`; `grow` adds rows to each of its lists.

    `first` holds the rows of applications below which others grow, by their names.
    """

    def __init__(self, people: Organizations, make_project: Callable[..., Any]) -> None:
        self.people, self.make_project = people, make_project
        self.organization = people.organizations["ours"]
        self.actor = people.actor("admin")
        self.steps = 0
        self.project = make_project(items=40, name="Main")
        self.project.overlap = self.project.max_annotations_per_task = 2
        self.project.save()
        services.apply_overlap(project=self.project)
        self.tasks = list(Task.objects.filter(project=self.project).order_by("pk"))
        self.snapshot = create_ready_snapshot(self.project, 0, 2)
        self.version = self._version(name="main", version=1)
        self.contract = self._contract(self.project)
        self.contract_evaluation = self._contract_evaluation(self.contract, self.version)
        self.evaluations = [
            EvaluationFactory(version=version) for version in (self.version, self._version(name="second"))
        ]
        self.upload = IngestBatchFactory(dataset=self.project.dataset)
        self.deployment = DeploymentFactory(project=self.project, version=self.version)
        self.browser_export = BrowserExportFactory(version=self.version)
        self.sweep = self._sweep()
        self.webhook = WebhookFactory(organization=self.organization)
        self.tracked_run = TrackedRunFactory(project=self.project)
        self.newest_member: User = self.member("admin").user
        self.first: dict[str, Any] = {}

    def ids(self) -> dict[str, int | str]:
        """What stands for the parameters of addresses."""
        entry = self.snapshot.entries.order_by("pk").first()
        ids: dict[str, int | str] = {
            "project_id": self.project.pk, "dataset_id": self.project.dataset_id, "task_id": self.tasks[0].pk,
            "version_id": self.version.pk, "evaluation_id": self.contract_evaluation.pk, "sweep_id": self.sweep.pk,
            "webhook_id": self.webhook.pk, "item_id": entry.item_id,
            "a": self.evaluations[0].version_id, "b": self.evaluations[1].version_id,
            "task_annotation_id": self.tasks[0].annotations.order_by("pk").values_list("pk", flat=True)[0],
            "annotation_id": entry.annotation_id, "contract_id": self.contract.pk,
            "name": self.deployment.name, "batch_id": self.upload.pk, "job_id": self.contract_evaluation.job_id,
            "snapshot_id": self.snapshot.pk,
            "learning_curve_id": LearningCurve.objects.filter(project=self.project, ablation=None).first().pk,
            "variant": self.browser_export.variant,
            "tracked_run_id": self.tracked_run.pk,
        }  # fmt: skip
        for application in of_applications():
            ids |= application.ids(self)
        return ids

    def grow(self, steps: int) -> None:
        """Add at least one row to every list in each of so many steps."""
        for _ in range(steps):
            self.steps += 1
            self._grow_organization(self.steps)
            self._grow_project(self.steps)
            self._grow_rows(self.steps)
            self._add_project(self.steps)
            for application in of_applications():
                application.grow(self, self.steps)

    def member(self, role: str) -> Membership:
        """The member of the organization with a role."""
        return self.people.members["ours", role]

    def job(self, kind: str = "test", project: Project | None = None, **values: Any) -> Job:
        """A job of the organization; it is done, unless `values` says otherwise."""
        values = {"state": JobState.DONE, "project_id": project.pk if project else None} | values
        return JobFactory(organization=self.organization, created_by=self.member("admin").user, kind=kind, **values)

    def _version(self, **values: Any) -> ModelVersion:
        return ModelVersionFactory(project=self.project, snapshot=self.snapshot, **values)

    def _sweep(self) -> Any:
        return SweepFactory(project=self.project, snapshot=self.snapshot)

    def _contract(self, project: Project) -> Contract:
        contract = ContractFactory(project=project, created_by=self.member("scientist").user)
        for party, role in ((Party.MAKER, "scientist"), (Party.CUSTOMER, "customer")):
            SignatureFactory(contract=contract, party=party, user=self.member(role).user)
        return contract

    def _contract_evaluation(self, contract: Contract, version: ModelVersion) -> ContractEvaluation:
        return ContractEvaluationFactory(
            contract=contract,
            model_version=version,
            job=self.job("evaluation", contract.project),
            created_by=self.member("scientist").user,
        )

    def _add_annotator(self, name: str) -> User:
        email = f"{name.lower().replace(' ', '-')}@ours.example"
        self.newest_member = add_member(actor=self.actor, email=email, name=name, role="annotator").user
        return self.newest_member

    def _grow_organization(self, step: int) -> None:
        admin, annotator = self.member("admin").user, self._add_annotator(f"Annotator {step}")
        self.people.token("admin")
        MemberSessionFactory(user=admin)
        TeamFactory(organization=self.organization).members.set([admin, annotator])
        SavedViewFactory(organization=self.organization, owner=self.newest_member)
        ProjectMembershipFactory(project=self.project, user=annotator, annotation_count=step)
        WebhookFactory(organization=self.organization)
        SegmentationModelFactory(organization=self.organization, created_by=annotator)
        yesterday = timezone.now() - timedelta(days=1)
        stalled = {"state": JobState.RUNNING, "lease_until": yesterday, "started_at": yesterday}
        self.job("stalled", self.project, **stalled)
        DataAccessFactory(organization=self.organization, user=annotator, item_id=self.tasks[step].item_id)
        ErasureFactory(dataset=self.project.dataset, job=self.job("erase"), created_by=annotator)
        IngestBatchFactory(dataset=self.project.dataset, job=self.job("ingest"), created_by=self.newest_member)
        StagedFileFactory(batch=self.upload)
        IngestFindingFactory(batch=self.upload)

    def _add_skipped_tasks(self) -> None:
        """Open tasks, skipped by somebody and assigned to somebody."""
        reviewer = self.member("reviewer").user
        items = ItemFactory.create_batch(6, dataset=self.project.dataset)
        sync_tasks(self.project.dataset_id)
        for task in Task.objects.filter(project=self.project, item__in=items):
            SkipFactory(task=task, user=reviewer)
            Task.objects.filter(pk=task.pk).update(assignee=reviewer)

    def _send_task_back(self) -> None:
        """An open task of the administrator, whose annotation of it was rejected."""
        admin, item = self.member("admin").user, ItemFactory(dataset=self.project.dataset)
        sync_tasks(self.project.dataset_id)
        task = Task.objects.get(project=self.project, item=item)
        annotation = AnnotationFactory(task=task, user=admin)
        ReviewFactory(annotation=annotation, reviewer=self.member("reviewer").user, verdict=Verdict.REJECTED)
        Task.objects.filter(pk=task.pk).update(assignee=admin, available_slots=0)  # nobody annotates it here

    def _grow_project(self, step: int) -> None:
        self._add_skipped_tasks()
        self._send_task_back()
        snapshot = create_ready_snapshot(self.project, step, 2)
        TrainingRunFactory(project=self.project, snapshot=snapshot, job=self.job("train", self.project))
        sweep = self._sweep()
        for _ in range(2):
            TrialFactory(sweep=sweep, state="done", value=0.5)
        curve = create_measured_curve(snapshot)
        submit_ablation(actor=self.actor, snapshot=snapshot, recipe="image_cnn", parameter="mixing", params={}, seeds=2)
        ActiveLearningSimulationFactory(project=self.project, snapshot=snapshot)
        ForecastBacktestFactory(stored_forecast=StoredForecastFactory(learning_curve=curve))
        for role, label in (("annotator", "apple"), ("scientist", "pear"), ("admin", "apple"), ("admin", "apple")):
            self._annotate(self.project, role, label)
        task = self.tasks[-step]
        annotation = annotate_task(task)
        LabelIssueFactory(annotation=annotation)
        task.annotation = annotation
        task.save(update_fields=["annotation"])
        GoldTaskFactory(task=task)
        GoldResultFactory(annotation=annotation, user=self.member("annotator").user)

    def _annotate(self, project: Project, role: str, label: str) -> None:
        """Annotate the next task of the queue of a member."""
        actor = self.people.actor(role)
        task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]
        queue.submit_annotation(
            actor=actor, task_id=task["id"], value={"label": label}, client_id=uuid.uuid4(), active_ms=4000
        )

    def _grow_rows(self, step: int) -> None:
        """Lists below one task, version, sweep, webhook."""
        reviewer, task = self.member("reviewer").user, self.tasks[0]
        CommentFactory(task=task, user=reviewer)
        annotation = AnnotationFactory(task=task, user=reviewer, source=Source.REVIEWER)
        ReviewFactory(annotation=annotation, author=None, reviewer=reviewer, verdict=Verdict.REJECTED, reason="?")
        self._grow_model(step)
        snapshot_task = self.tasks[-step]
        SnapshotEntryFactory(snapshot=self.snapshot, annotation=annotate_task(snapshot_task))
        self._version(name="main", version=step + 1)  # learned from the same item and label
        BatchPredictionFactory(version=self.version, project=self.project)
        missing = [variant for variant in Variant.values if not self.version.exports.filter(variant=variant).exists()]
        if missing:
            BrowserExportFactory(version=self.version, variant=missing[0])
        DeliveryFactory(webhook=self.webhook)
        TrackedRunFactory(project=self.project)
        self._version(name=f"tracked {step}", mlflow_run_id=self.tracked_run.pk)
        TrialFactory(sweep=self.sweep)
        for predicted_label, evaluation in enumerate(self.evaluations):  # the first is wrong, the second right
            evaluation.predictions = [*evaluation.predictions, [snapshot_task.item_id, 1, predicted_label, 0.5]]
            evaluation.save(update_fields=["predictions"])
        self.contract_evaluation.item_results = [
            *self.contract_evaluation.item_results,
            [1, True, 0.5, "apple", "apple", 1],
        ]
        self.contract_evaluation.save(update_fields=["item_results"])

    def _grow_model(self, step: int) -> None:
        """Evaluations by one contract; moves, deployments and people of one version; what one deployment saw."""
        annotator = self._add_annotator(f"Other annotator {step}")
        self._contract_evaluation(self.contract, self.version)
        AliasChangeFactory(
            version=self.version,
            previous_version=self.version,
            contract_evaluation_id=self.contract_evaluation.pk,
            changed_by=annotator,
        )
        DeploymentFactory(project=self.project, version=self.version)
        ReplicaFactory(deployment=self.deployment, heartbeat_at=ALIVE)
        hour = timezone.now() - timedelta(hours=step)
        DeploymentStatsHourlyFactory(deployment=self.deployment, hour=hour, prediction_count=3)
        annotation = self._pear(self.tasks[-20 - step], annotator)
        SnapshotEntryFactory(snapshot=self.snapshot, annotation=annotation)
        self._pear(self.tasks[0], annotator)
        aggregate_annotations(actor=self.actor, task_id=self.tasks[0].pk)

    def _pear(self, task: Task, user: User) -> Annotation:
        return AnnotationFactory(task=task, user=user, value={"label": "pear"})

    def _add_project(self, step: int) -> None:
        """A project with two people's annotations, a curve below its target, costs, a model that runs, a contract."""
        project = self.make_project(items=12, name=f"Project {step}")
        project.overlap = project.max_annotations_per_task = 2
        project.hourly_cost = 30.0
        project.save()
        services.apply_overlap(project=project)
        for role, label in (("annotator", "apple"), ("scientist", "pear")):
            for _ in range(11):
                self._annotate(project, role, label)
        snapshot: Snapshot = create_ready_snapshot(project, 1, 2)
        create_measured_curve(snapshot, top=0.85)
        ProjectCostModel.objects.create(project=project, cost_per_label=2.0)
        scientist = self.member("scientist").user
        model = RegisteredModelFactory(project=project, latest_version=2)
        first, second = (
            ModelVersionFactory(
                project=project, snapshot=snapshot, name=model.name, version=number, created_by=scientist
            )
            for number in (1, 2)
        )
        AliasChangeFactory(version=second, previous_version=first, changed_by=scientist)
        ModelVersion.objects.filter(pk=second.pk).update(aliases=["production"])
        deployments = [
            DeploymentFactory(project=project, version=second),
            DeploymentFactory(project=project, version=None, model_name=model.name, alias="production"),
        ]
        for deployment in deployments:
            ReplicaFactory(deployment=deployment, version=second, heartbeat_at=ALIVE)
            DeploymentStatsHourlyFactory(deployment=deployment, version=second, hour=timezone.now(), prediction_count=3)
        self._contract_evaluation(self._contract(project), second)
