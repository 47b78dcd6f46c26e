"""The demo's last step: its first model answers pictures, is made ready for the browser, and has seen some traffic."""

import time
import zipfile
from pathlib import Path

from annotation.projects.models import Project
from plateau.access.scopes import Scope
from plateau.jobs import services as jobs
from plateau.jobs.handlers import Running
from registry.deployments import client
from registry.deployments.models import Deployment
from registry.deployments.services import create_deployment
from registry.model_versions.job_kinds import EXPORT, ExportPayload
from registry.model_versions.models import BrowserExport, ModelVersion
from registry.model_versions.queries import newest_snapshot
from workers.demo.job_kinds import DemoRunPayload
from workers.demo.people import actor

NAME = "fashion"
PICTURES = 120
WAIT_SECONDS = 900.0


def run_it(running: Running[DemoRunPayload]) -> dict[str, object]:
    """Handler of job kind `demo-run`: waits for the first training, then deploys, exports and sends pictures."""
    project = Project.objects.get(pk=running.payload.project_id)
    scientist = actor(Scope.MODELS_WRITE)
    started = time.monotonic()
    while (version := _champion(project)) is None:
        running.report(done=0, total=PICTURES, message="waiting for the first model")
        if time.monotonic() - started > WAIT_SECONDS:
            return {"deployed": False}
        time.sleep(1)
    row = Deployment.objects.filter(organization_id=project.organization_id, name=NAME, deleted_at=None).first()
    row = row or create_deployment(
        actor=scientist, version=version, name=NAME, alias="champion", confidence_threshold=0.4, sample_fraction=0.0
    )
    snapshot = newest_snapshot(project.pk)
    if snapshot is not None and not BrowserExport.objects.filter(version=version).exists():
        order = ExportPayload(snapshot_id=snapshot.pk, version_id=version.pk)
        jobs.submit(EXPORT, order, actor=scientist, project_id=project.pk)
    prediction_count = _send(running, row)
    return {"deployed": True, "answered": prediction_count}


def _champion(project: Project) -> ModelVersion | None:
    rows = ModelVersion.objects.filter(project=project, name="image_probe", aliases__contains=["champion"])
    return rows.first()


def _send(running: Running[DemoRunPayload], row: Deployment) -> int:
    """Pictures that nobody labeled, one after the other; where no serving process answers, none."""
    path = Path(__file__).parent / "data" / "fashion_mnist_3000.zip"
    prediction_count = 0
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".png"))[-PICTURES:]
        for number, name in enumerate(names):
            running.report(done=number, total=PICTURES, message="sending images to the deployment")
            for _ in range(20):
                try:
                    response = client.predict(row.pk, archive.read(name))
                except client.ServingUnreachable:
                    return prediction_count
                if response.status == 200:
                    prediction_count += 1
                    break
                time.sleep(0.5)  # its model is being loaded
    return prediction_count
