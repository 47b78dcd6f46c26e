"""Alerts, dashboard and Kubernetes manifests, held against what the code really offers."""

import ipaddress
import json
import re
import shlex
import shutil
import subprocess
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
# A GPU is in one of the test's hosts as little as in CI: plateau/telemetry/tests/test_machines.py has one report.
OF_GPUS = {
    f"plateau_gpu_{name}" for name in ("utilization_ratio", "memory_used_bytes", "memory_bytes", "temperature_celsius")
}


@pytest.fixture
def offered(db) -> set[str]:
    """Names in the real answer to a scrape; a family without rows has its line of help."""
    return set(re.findall(r"^(?:# HELP )?(plateau_\w+)", metrics.exposition().decode(), re.M)) | {
        *OF_GPUS,
        *(f"plateau_request_seconds_{part}" for part in ("bucket", "count", "sum")),
    }


def named(expression: str) -> set[str]:
    return set(re.findall(r"plateau_\w+", expression))


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_what_is_measured_and_names_a_runbook_that_exists(rule, offered):
    assert named(rule["expr"]) <= offered
    assert named(rule["expr"])
    assert (ROOT / rule["annotations"]["runbook"]).exists()
    assert rule["labels"]["severity"] in ("page", "warn")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is in Debian's package prometheus")
@pytest.mark.parametrize("command", ["check rules alerts.yml", "test rules alerts-test.yml"])
def test_prometheus_itself_takes_the_rules_and_they_fire(command):
    folder = ROOT / "deploy" / "prometheus"
    done = subprocess.run(["promtool", *command.split()], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_new_kind_of_figure_has_an_alert_a_panel_and_a_page():
    asked = [expression for rule in ALERTS for expression in named(rule["expr"])]
    drawn = [name for panel in DASHBOARD["panels"] for target in panel["targets"] for name in named(target["expr"])]
    for name in ("plateau_workers", "plateau_queued_jobs", "plateau_disk_free_bytes", "plateau_backup_age_seconds"):
        assert name in asked, name
        assert name in drawn, name
    assert set(asked) >= OF_GPUS
    assert set(drawn) >= OF_GPUS
    runbooks = (ROOT / "docs" / "runbooks" / "README.md").read_text()
    for rule in ALERTS:
        assert f"({Path(rule['annotations']['runbook']).name})" in runbooks


def test_each_panel_asks_for_what_is_measured(offered):
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            assert named(target["expr"]), panel["title"]
            assert named(target["expr"]) <= offered, panel["title"]


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
            assert container["image"].count(":VERSION") or "@sha256:" in container["image"], name
            for limit in ("cpu", "memory"):
                assert container["resources"]["limits"][limit], name
                assert container["resources"]["requests"][limit], name
        assert not pod["automountServiceAccountToken"], name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod), name
        assert not any("hostPath" in volume for volume in pod.get("volumes", [])), name


# Networks ------------------------------------------------------------------------------------------------------------

POLICIES = [row["spec"] for row in MANIFESTS if row["kind"] == "NetworkPolicy"]
LABELS = {
    row["spec"]["template"]["metadata"]["labels"]["app"]: row["spec"]["template"]["metadata"]["labels"]
    for row in MANIFESTS
    if row["kind"] in ("Deployment", "Job")
}
PORTS = {"proxy": 8080, "web": 8000, "tracking": 8002, "serving": 8001}
DATABASE, BROKER, STORAGE = ("192.0.2.10", 5432), ("192.0.2.11", 6379), ("192.0.2.12", 443)
MAIL, TRACES, PUBLIC = ("192.0.2.13", 587), ("192.0.2.14", 4318), ("93.184.216.34", 8443)
ADDRESSES = {
    *(DATABASE, BROKER, STORAGE, MAIL, TRACES, PUBLIC),
    *(("10.0.0.1", 443), ("169.254.169.254", 80), ("172.20.0.1", 443), ("192.168.1.1", 80), ("100.64.0.1", 443)),
    *(("192.0.2.10", 22), ("192.0.2.11", 5432), ("127.0.0.1", 6379)),
}
FLOWS = {
    "proxy": {"web", "tracking"},
    "web": {"serving", DATABASE, BROKER, STORAGE, TRACES, PUBLIC},
    "tracking": {DATABASE, BROKER, STORAGE, TRACES},
    "serving": {DATABASE, STORAGE},
    "worker": {"web", DATABASE, BROKER, STORAGE, MAIL, TRACES, PUBLIC},
    "worker-cpu": {"web", DATABASE, BROKER, STORAGE, TRACES},
    "worker-gpu": {"web", DATABASE, BROKER, STORAGE, TRACES},
    "beat": {BROKER},
    "prepare": {DATABASE, STORAGE},
}
FROM_OTHER_NAMESPACES = {("ingress-nginx", "proxy"), ("monitoring", "web")}


def selects(selector: dict, labels: dict[str, str]) -> bool:
    """As Kubernetes reads a label selector."""
    assert set(selector) <= {"matchLabels", "matchExpressions"}
    for rule in selector.get("matchExpressions", []):
        assert rule["operator"] == "In"
        if labels.get(rule["key"]) not in rule["values"]:
            return False
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def has_port(rule: dict, port: int, name: str = "http") -> bool:
    ports = rule.get("ports")
    return not ports or any(row.get("port") in (port, name) and row.get("protocol", "TCP") == "TCP" for row in ports)


def rules_of(labels: dict[str, str], direction: str) -> list[dict]:
    policies = [row for row in POLICIES if selects(row["podSelector"], labels)]
    assert any(direction.title() in row["policyTypes"] for row in policies), labels  # else everything is allowed
    return [rule for row in policies if direction.title() in row["policyTypes"] for rule in row.get(direction, [])]


def is_pod(peer: dict, labels: dict[str, str]) -> bool:
    return "podSelector" in peer and "namespaceSelector" not in peer and selects(peer["podSelector"], labels)


def reaches_pod(source: str, target: str) -> bool:
    leaves = any(
        has_port(rule, PORTS[target]) and any(is_pod(peer, LABELS[target]) for peer in rule["to"])
        for rule in rules_of(LABELS[source], "egress")
    )
    enters = any(
        has_port(rule, PORTS[target]) and any(is_pod(peer, LABELS[source]) for peer in rule["from"])
        for rule in rules_of(LABELS[target], "ingress")
    )
    return leaves and enters


def reaches_address(source: str, address: str, port: int) -> bool:
    def is_in(block: dict) -> bool:
        inside = [ipaddress.ip_network(text) for text in [block["cidr"], *block.get("except", [])]]
        ip = ipaddress.ip_address(address)
        return ip in inside[0] and not any(ip in network for network in inside[1:])

    return any(
        has_port(rule, port) and any("ipBlock" in peer and is_in(peer["ipBlock"]) for peer in rule["to"])
        for rule in rules_of(LABELS[source], "egress")
    )


def test_every_pod_is_denied_what_no_policy_allows():
    deny = [row for row in POLICIES if row["podSelector"] == {} and not {"ingress", "egress"} & set(row)]
    assert [sorted(row["policyTypes"]) for row in deny] == [["Egress", "Ingress"]]
    assert set(LABELS) == set(FLOWS)
    named = {
        value for row in POLICIES for rule in row["podSelector"].get("matchExpressions", []) for value in rule["values"]
    } | {row["podSelector"].get("matchLabels", {}).get("app", "web") for row in POLICIES}
    assert named == set(LABELS)


@pytest.mark.parametrize("source", FLOWS)
def test_a_pod_connects_to_what_it_needs_and_to_nothing_else(source):
    pods = {target for target in PORTS if target != source and reaches_pod(source, target)}
    addresses = {(address, port) for address, port in ADDRESSES if reaches_address(source, address, port)}
    assert pods | addresses == FLOWS[source]
    for rule in rules_of(LABELS[source], "egress"):
        assert rule["to"], "an empty list of peers is everybody"


def test_who_comes_from_other_namespaces():
    entering = {
        (peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], app)
        for app, labels in LABELS.items()
        for rule in rules_of(labels, "ingress")
        for peer in rule["from"]
        if "namespaceSelector" in peer
    }
    assert entering == FROM_OTHER_NAMESPACES


def test_the_settings_of_the_manifests_are_settings():
    text = (ROOT / "config" / "settings" / "__init__.py").read_text()
    known = set(re.findall(r'(?:environ\.get|_need|_list)\(\s*"(\w+)"', text))
    (config,) = [row for row in MANIFESTS if (row["kind"], row["metadata"]["name"]) == ("ConfigMap", "plateau")]
    assert set(config["data"]) <= known
    assert shlex.split(" ".join(pods()["web"]["containers"][0]["command"]))[-1] == "config.wsgi:application"
