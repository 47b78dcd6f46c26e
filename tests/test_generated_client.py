"""A client generated from the document by openapi-python-client: no warnings, and it does the main job."""

import importlib
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from labelkit.tests.pictures import make_png
from tests.applications import EVERY, needs

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "plateau_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the generator printed; the package is importable from then on."""
    folder = tmp_path_factory.mktemp("client")
    tools = Path(sys.executable).parent
    done = subprocess.run(
        [
            tools / "openapi-python-client", "generate", "--path", ROOT / "docs" / "openapi.json", "--config",
            ROOT / "docs" / "openapi-python-client.yml", "--meta", "none", "--output-path", folder / PACKAGE,
            "--fail-on-warning",
        ],
        capture_output=True, text=True, check=False, env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    sys.path.insert(0, str(folder))
    return done.stdout + done.stderr


def test_it_is_generated_without_a_warning(generated):
    assert "arning" not in generated
    assert "Unable" not in generated


def operation(tag: str, name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.api.{tag}.{name}")


class Work:
    """The generated functions, called with one client; whatever is no good answer fails the test."""

    def __init__(self, url: str, token: str) -> None:
        self.package = importlib.import_module(PACKAGE)
        self.models = importlib.import_module(f"{PACKAGE}.models")
        self.types = importlib.import_module(f"{PACKAGE}.types")
        self.client = self.package.AuthenticatedClient(base_url=url, token=token)

    def call(self, tag: str, name: str, *ids: Any, **rest: Any) -> Any:
        response = operation(tag, name).sync_detailed(*ids, client=self.client, **rest)
        assert response.status_code < 400, (name, response.content)
        assert type(response.parsed).__name__ != "Problem"
        return response.parsed

    def wait_for(self, job_id: int) -> None:
        deadline = time.monotonic() + 120
        while (job := self.call("jobs", "job_detail_get", job_id)).state not in ("done", "failed", "cancelled"):
            assert time.monotonic() < deadline, job.message
            time.sleep(0.2)
        assert job.state == "done", job.error


@needs(*EVERY)
@pytest.mark.processes
@pytest.mark.timeout(400)
def test_it_does_the_main_job(generated, people, stack):
    stack.web()
    stack.worker()
    work = Work(stack.url, people.token("admin"))
    models, types = work.models, work.types
    assert "labels.write" in work.call("me", "me_get").scopes
    dataset = work.call("datasets", "dataset_list_post", body=models.DatasetIn(name="Fruit"))
    upload = work.call("datasets", "batch_list_post", dataset.id)
    files = [types.File(payload=make_png(number), file_name=f"{number}.png") for number in range(40)]
    work.call("uploads", "batch_files_post", upload.id, body=models.BatchFilesPostBody(files=files))
    work.wait_for(work.call("uploads", "batch_start_post", upload.id).job.id)
    labels = [
        models.LabelIn(id=name.lower(), name=name, color="#15803d", key=str(key + 1))
        for key, name in enumerate(("Apple", "Pear"))
    ]
    body = models.ProjectIn(name="Fruit", kind=models.KindEnum.CLASSIFICATION, dataset_id=dataset.id, labels=labels)
    project = work.call("projects", "project_list_post", body=body)
    labeled = 0
    while tasks := work.call("projects", "queue_next_post", project.id, body=models.LeaseIn(count=10)).tasks:
        for task in tasks:
            value = models.AnnotationInValue.from_dict({"label": ("apple", "pear")[labeled % 2]})
            key, answer = str(uuid.uuid4()), models.AnnotationIn(value=value, active_ms=900)
            first = work.call("tasks", "task_annotations_post", task.id, body=answer, idempotency_key=key)
            again = work.call("tasks", "task_annotations_post", task.id, body=answer, idempotency_key=key)
            assert again.id == first.id
            labeled += 1
    assert labeled == 40
    snapshot = work.call("projects", "snapshot_list_post", project.id)
    work.wait_for(snapshot.job.id)
    run = work.call(
        "projects", "run_list_post", project.id, body=models.RunIn(snapshot_id=snapshot.id, recipe="majority")
    )
    work.wait_for(run.job.id)
    page = work.call("model_versions", "version_list_get", project_id=project.id)
    assert [version.recipe for version in page.results] == ["majority"]
    detail = work.call("model_versions", "version_detail_view_get", page.results[0].id)
    assert detail.snapshot_id == snapshot.id
    assert detail.evaluation is not None
    edited = operation("model_versions", "version_detail_view_patch").sync_detailed(
        detail.id, client=work.client, body=models.DescriptionIn(description="The baseline."), if_match='"of-long-ago"'
    )
    assert (edited.status_code, edited.parsed.etag) == (412, detail.etag)
