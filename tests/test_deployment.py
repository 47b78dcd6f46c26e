"""`docker-compose.yml` held against the Procfile and the settings, since no engine runs in CI."""

import re
import shlex
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {"web", "serving", "worker", "worker-cpu", "worker-gpu", "beat"}


def procfile() -> dict[str, list[str]]:
    lines = [line for line in (ROOT / "Procfile").read_text().splitlines() if line and not line.startswith("#")]
    return {line.split(":", 1)[0]: shlex.split(line.split(":", 1)[1]) for line in lines}


def queues(words: list[str]) -> set[str]:
    return set(words[words.index("--queues") + 1].split(",")) if "--queues" in words else set()


def test_every_process_of_the_procfile_is_a_service_with_the_same_program_and_queues():
    assert set(procfile()) == OURS
    for name, words in procfile().items():
        command = shlex.split(SERVICES[name]["command"])
        assert command[0] == words[0]
        assert queues(command) == queues(words)
        assert words[-1] == command[-1] or words[0] == "celery"


def test_every_queue_that_jobs_use_has_a_worker():
    from workers.catalog import RECIPES

    served = set().union(*(queues(words) for words in procfile().values()))
    assert {spec.queue for spec in RECIPES.values()} | {"default"} == served


def test_the_parts_of_a_real_deployment_are_there():
    assert set(SERVICES) == OURS | {
        "prepare", "proxy", "tracking", "postgres", "redis", "storage", "storage-bucket",
    }  # fmt: skip
    assert SERVICES["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"][0]["capabilities"] == ["gpu"]


def test_images_are_pinned_and_nothing_of_ours_runs_as_root():
    for name, service in SERVICES.items():
        if "image" in service and "build" not in service:
            assert re.search(r":[\w.-]*\d[\w.-]*$", service["image"]), name
            assert not service["image"].endswith(":latest")
        assert service.get("user", "nonroot") != "root"
    assert re.search(r"^USER plateau$", DOCKERFILE, re.M)
    assert re.search(r"^FROM python:3\.\d+\.\d+-slim-\w+", DOCKERFILE, re.M)


def test_services_are_checked_and_wait_for_what_they_need():
    for name in ("web", "serving", "postgres", "redis", "storage"):
        assert SERVICES[name]["healthcheck"]["test"], name
    for name in OURS:
        needs = SERVICES[name]["depends_on"]
        assert needs["prepare"]["condition"] == "service_completed_successfully"
        assert needs["redis"]["condition"] == "service_healthy"


def test_the_environment_names_only_what_the_settings_read():
    settings = (ROOT / "config" / "settings" / "__init__.py").read_text()
    known = set(re.findall(r'(?:environ\.get|_need|_list)\(\s*"(\w+)"', settings)) | {
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "MLFLOW_S3_ENDPOINT_URL",
        "PLATEAU_DEVICE", "PLATEAU_VERSION", "HOST", "PORT", "OTEL_EXPORTER_OTLP_ENDPOINT",
    }  # fmt: skip
    named = set(COMPOSE["x-plateau"]["environment"])
    assert named <= known, named - known
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "STORAGE_URL", "PLATEAU_URL", "ALLOWED_HOSTS"} <= named


def test_whole_requests_alone_reach_the_web_through_a_proxy_that_buffers():
    conf = (ROOT / "deploy" / "nginx" / "plateau.conf").read_text()
    assert {"proxy_request_buffering on;", "proxy_buffering on;"} <= {line.strip() for line in conf.splitlines()}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert "NUM_PROXIES:-1}" in COMPOSE["x-plateau"]["environment"]["NUM_PROXIES"]
    manifests = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes" / "plateau.yaml").read_text()))
    named = {(row["kind"], row["metadata"]["name"]): row for row in manifests}
    assert named["ConfigMap", "proxy"]["data"]["default.conf"] == conf
    assert named["ConfigMap", "plateau"]["data"]["NUM_PROXIES"] == "2"
    paths = named["Ingress", "plateau"]["spec"]["rules"][0]["http"]["paths"]
    assert [path["backend"]["service"]["name"] for path in paths] == ["proxy"]


def test_no_password_is_written_into_the_file():
    text = (ROOT / "docker-compose.yml").read_text()
    for line in text.splitlines():
        if re.search(r"(PASSWORD|SECRET|ACCESS_KEY)\w*:", line):
            assert "${" in line, line


def test_data_lies_on_volumes():
    volumes = set(COMPOSE["volumes"])
    assert {"postgres", "redis", "storage", "work"} <= volumes
