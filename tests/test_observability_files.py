"""Alerts, dashboard and Kubernetes manifests, held against what the code really offers."""

import json
import re
import shlex
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from plateau.telemetry import metrics
from plateau.telemetry.gauges import GAUGES
from tests.test_deployment import OURS, procfile, queues

ROOT = Path(__file__).resolve().parents[1]
ALERTS = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "plateau.json").read_text())
MANIFESTS = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "plateau.yaml").read_text()))
OFFERED = (
    {gauge.name for gauge in GAUGES}
    | {f"plateau_request_seconds_{part}" for part in ("bucket", "count", "sum")}
    | {"plateau_requests_shed_total"}
)


def named(expression: str) -> set[str]:
    return set(re.findall(r"plateau_\w+", expression))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_what_is_measured_and_names_a_runbook_that_exists(rule):
    assert named(rule["expr"]) <= OFFERED
    assert named(rule["expr"])
    assert (ROOT / rule["annotations"]["runbook"]).exists()
    assert rule["labels"]["severity"] in ("page", "warn")


def test_each_panel_asks_for_what_is_measured():
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            assert named(target["expr"]), panel["title"]
            assert named(target["expr"]) <= OFFERED, panel["title"]


def test_what_the_database_is_asked_for_is_answered(db):
    families = list(metrics.DatabaseCollector().collect())
    assert [family.name for family in families] == [gauge.name for gauge in GAUGES]


@pytest.mark.parametrize(
    "manifest", MANIFESTS, ids=lambda document: f"{document['kind']}-{document['metadata']['name']}"
)
def test_a_manifest_is_what_kubernetes_takes(manifest):
    kubernetes_validate.validate(manifest, "1.31", strict=True)


def pods() -> dict[str, dict]:
    return {
        manifest["metadata"]["name"]: manifest["spec"]["template"]["spec"]
        for manifest in MANIFESTS
        if manifest["kind"] in ("Deployment", "Job")
    }


def test_every_process_of_the_procfile_has_a_deployment_with_the_same_program_and_queues():
    assert {name for name in pods() if not name.startswith("prepare")} == OURS | {"proxy", "tracking"}
    for name, words in procfile().items():
        command = pods()[name]["containers"][0]["command"]
        assert command[0] == words[0]
        assert queues(command) == queues(words)


def test_no_pod_runs_as_root_or_may_write_its_image():
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"], name
        for container in pod["containers"]:
            held = container["securityContext"]
            assert held["readOnlyRootFilesystem"], name
            assert not held["allowPrivilegeEscalation"], name
            assert held["capabilities"]["drop"] == ["ALL"], name
            assert container["resources"]["limits"]["memory"], name


def test_the_settings_of_the_manifests_are_settings():
    text = (ROOT / "config" / "settings" / "__init__.py").read_text()
    known = set(re.findall(r'(?:environ\.get|_need|_list)\(\s*"(\w+)"', text))
    (config,) = [row for row in MANIFESTS if (row["kind"], row["metadata"]["name"]) == ("ConfigMap", "plateau")]
    assert set(config["data"]) <= known
    assert shlex.split(" ".join(pods()["web"]["containers"][0]["command"]))[-1] == "config.wsgi:application"
