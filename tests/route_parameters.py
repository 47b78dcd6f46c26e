"""What stands for the parameters of routes: of each a row of one organization, made when it is first asked for.

An application brings those of its own routes in `tests/house.py`, as `ROUTE_PARAMETERS`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from factory.declarations import SubFactory
from factory.django import DjangoModelFactory

from annotation.labeling.models import Task
from annotation.labeling.tests.factories import AnnotationFactory, CommentFactory, ProjectMembershipFactory, TaskFactory
from annotation.projects.tests.factories import GuidelinePictureFactory, ProjectFactory, SavedViewFactory, TeamFactory
from annotation.quality.tests.factories import GoldTaskFactory
from annotation.snapshots.tests.factories import SnapshotFactory
from plateau.datalake.tests.factories import (
    AssetFactory,
    DatasetFactory,
    IngestBatchFactory,
    ItemFactory,
    MultipartFileFactory,
)
from plateau.identity.models import Membership
from plateau.identity.tests.factories import (
    ApiTokenFactory,
    MemberSessionFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)
from plateau.jobs.tests.factories import JobFactory
from plateau.notifications.tests.factories import NotificationFactory
from registry.contracts.tests.factories import ContractEvaluationFactory, ContractFactory
from registry.deployments.tests.factories import BatchPredictionFactory, DeploymentFactory
from registry.model_versions.tests.factories import BrowserExportFactory, ModelVersionFactory, RegisteredModelFactory
from registry.segmentation_models.tests.factories import SegmentationModelFactory
from registry.tracked_runs.tests.factories import TrackedRunFactory
from registry.webhooks.tests.factories import DeliveryFactory, WebhookFactory
from tests.applications import of_applications
from workers.learning_curves.tests.factories import LearningCurveFactory
from workers.sweeps.tests.factories import SweepFactory
from workers.training.tests.factories import TrainingRunFactory

Factory = type[DjangoModelFactory]
# A factory whose row the parameter names by its primary key, or by another attribute; or a value that names no row.
ROUTE_PARAMETERS: dict[str, Factory | tuple[Factory, str] | int | str] = {
    "alias": "production",
    "annotation_id": AnnotationFactory,
    "asset_id": AssetFactory,
    "batch_id": IngestBatchFactory,
    "batch_prediction_id": BatchPredictionFactory,
    "column": 0,
    "comment_id": CommentFactory,
    "contract_id": ContractFactory,
    "dataset_id": DatasetFactory,
    "delivery_id": DeliveryFactory,
    "evaluation_id": ContractEvaluationFactory,
    "item_id": ItemFactory,
    "job_id": JobFactory,
    "learning_curve_id": LearningCurveFactory,
    "level": 0,
    "member_id": MembershipFactory,
    "model_id": RegisteredModelFactory,
    "name": (DeploymentFactory, "name"),
    "multipart_file_id": MultipartFileFactory,
    "notification_id": NotificationFactory,
    "organization_id": OrganizationFactory,
    "picture_id": GuidelinePictureFactory,
    "project_id": ProjectFactory,
    "row": 0,
    "run_id": TrainingRunFactory,
    "segmentation_model_id": SegmentationModelFactory,
    "session_id": (MemberSessionFactory, "public_id"),
    "snapshot_id": SnapshotFactory,
    "sweep_id": SweepFactory,
    "task_id": TaskFactory,
    "team_id": TeamFactory,
    "token_id": ApiTokenFactory,
    "tracked_run_id": TrackedRunFactory,
    "user_id": (MembershipFactory, "user_id"),
    "variant": (BrowserExportFactory, "variant"),
    "version_id": ModelVersionFactory,
    "view_id": SavedViewFactory,
    "webhook_id": WebhookFactory,
}
for application in of_applications():
    ROUTE_PARAMETERS |= application.ROUTE_PARAMETERS


SERVABLE = {"flavors": ["onnx"], "labels": ["apple", "pear"], "image_size": 8}


class NoFactory(LookupError):
    """A route has a parameter of which nothing says what it names."""


def _is_one_to_one(fields: Any, name: str) -> bool:
    """Whether a field is; what a factory takes and no field has, such as the project of an MLflow run, is not."""
    return any(field.name == name and field.one_to_one for field in fields.get_fields())


class RouteRows(Mapping[str, int | str]):
    """Values of route parameters by name; all rows belong to one organization, and to one project where they have one.

    Args:
        admin: a member of that organization; tokens and sessions are this person's.
    """

    def __init__(self, admin: Membership) -> None:
        self._rows: dict[Factory, Any] = {OrganizationFactory: admin.organization}
        self._own: dict[Factory, dict[str, Any]] = {
            ApiTokenFactory: {"membership": admin},
            MemberSessionFactory: {"user": admin.user},
            NotificationFactory: {"recipient": admin.user},
            ModelVersionFactory: {"aliases": ["production"], "facts": SERVABLE},
        }

    def __getitem__(self, parameter: str) -> int | str:
        if parameter not in ROUTE_PARAMETERS:
            raise NoFactory(
                f"Nothing stands for the route parameter {parameter!r}: give it a factory in "
                "tests/route_parameters.py, or in the tests/house.py of its application."
            )
        source = ROUTE_PARAMETERS[parameter]
        if isinstance(source, int | str):
            return source
        factory, attribute = source if isinstance(source, tuple) else (source, "pk")
        return getattr(self.row(factory), attribute)

    def __iter__(self) -> Iterator[str]:
        return iter(ROUTE_PARAMETERS)

    def __len__(self) -> int:
        return len(ROUTE_PARAMETERS)

    def row(self, factory: Factory) -> Any:
        """The one row of a factory, made at the first call from the rows of the factories that it names."""
        if factory not in self._rows:
            self._rows[factory] = factory(**self._shared(factory), **self._own.get(factory, {}))
        return self._rows[factory]

    def make_all(self) -> None:
        """Make every row now, before a request changes some of them.

        The task is gold and resolved, and the member belongs to the project.
        """
        for parameter in self:
            self[parameter]
        GoldTaskFactory(task=self.row(TaskFactory))
        ProjectMembershipFactory(project=self.row(ProjectFactory), user=self.row(MembershipFactory).user)
        Task.objects.filter(pk=self["task_id"]).update(annotation=self["annotation_id"])

    def created_rows(self) -> list[Any]:
        """The rows so far, and those that they name."""
        return list(self._rows.values())

    def _shared(self, factory: Factory) -> dict[str, Any]:
        fields = factory._meta.model._meta
        shared = {
            name: self.row(declaration.get_factory())
            for name, declaration in factory._meta.declarations.items()
            if isinstance(declaration, SubFactory)
            and name not in self._own.get(factory, {})
            and declaration.get_factory() is not UserFactory  # people are members of one organization each
            and not _is_one_to_one(fields, name)
        }
        if factory is JobFactory:
            shared["project_id"] = self.row(ProjectFactory).pk
        return shared
