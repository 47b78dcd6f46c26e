"""Files that changed behind the door's back: nothing that loads a version takes them for it."""

import shutil

import pytest

from registry.model_versions.models import ModelVersion
from tests.stack import Stack
from tests.test_serving import Caller, picture, state_of, trained
from tests.test_whole_way import Api, labeled_snapshot

pytestmark = [pytest.mark.processes, pytest.mark.timeout(600)]


def forget_copies(stack: Stack) -> None:
    shutil.rmtree(stack.home / "cache" / "models", ignore_errors=True)


def test_changed_files_are_not_served_judged_exported_or_asked(people, stack):
    stack.web()
    stack.worker()
    stack.serving()
    api = Api(stack, people.token("admin"))
    project, snapshot = labeled_snapshot(api, 60)
    version = trained(api, project, snapshot, 0)
    row = ModelVersion.objects.get(pk=version)
    folder = stack.home / "files" / row.facts["folder"]
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(row.files.values_list("path", flat=True)) == paths
    graph = folder / "model.onnx"
    good = graph.read_bytes()

    contract = api.call(
        "POST",
        f"projects/{project}/contracts/",
        json={"title": "Good enough", "terms": {"target": 0.6, "expected": 0.9}} | people.signers(project),
    )
    signing = {"terms_hash": contract["terms_hash"]}
    for party, role in (("customer", "customer"), ("maker", "admin")):
        who = Api(stack, people.token(role))
        who.call("POST", f"contracts/{contract['id']}/sign/", json=signing | {"party": party})
    dataset = api.call("GET", "datasets/")["results"][0]["id"]

    def jobs() -> dict[str, int]:
        """Order everything that loads the version."""
        batch_predictions = f"model-versions/{version}/batch-predictions/"
        contract_path = f"contracts/{contract['id']}/evaluations/"
        evaluations = api.call("POST", contract_path, json={"model_version_id": version})["evaluations"]
        return {
            "evaluate": api.call("POST", f"model-versions/{version}/evaluate/")["id"],
            "export": api.call("POST", f"model-versions/{version}/exports/")["id"],
            "batch": api.call("POST", batch_predictions, json={"dataset_id": dataset})["job"]["id"],
            "proposals": api.call("POST", batch_predictions, json={"hidden_fraction": 0.5})["job"]["id"],
            "contract": max(evaluations, key=lambda row: row["id"])["job"]["id"],
        }

    forget_copies(stack)
    # One bit, so that size and names stay: ONNX would run it without a word.
    graph.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    for name, job in jobs().items():
        ended = api.ended(job)
        assert ended["state"] == "failed", name
        assert "model.onnx was changed" in ended["error"], (name, ended["error"])
        assert "Restore the files from a backup" in ended["error"], name
    deployment = api.call("POST", "deployments/", json={"name": "shades", "version_id": version})
    assert deployment["version_id"] == version
    stack.wait(lambda: state_of(api, "shades")["state"] == "failing", 60, "the notice")
    assert "model.onnx was changed" in state_of(api, "shades")["error"]
    assert Caller(stack, people.token("scientist"), "shades").ask(picture(1, dark=True)).status_code == 503

    # With the files of then everything goes on by itself.
    graph.write_bytes(good)
    caller = Caller(stack, people.token("scientist"), "shades")
    stack.wait(lambda: caller.ask(picture(1, dark=True)).status_code == 200, 60, "the answer")
    ended = api.ended(api.call("POST", f"model-versions/{version}/evaluate/")["id"])
    assert ended["state"] == "done", ended["error"]
