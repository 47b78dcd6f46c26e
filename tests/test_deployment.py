"""`docker-compose.yml` held against the Procfile and the settings, since no engine runs in CI."""

import re
import shlex
import subprocess
import time
from pathlib import Path

import pytest
import redis
import yaml

from launcher import embedded
from launcher.supervisor import accepts_on_socket

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
        "prepare", "proxy", "tracking", "postgres", "redis", "storage", "storage-bucket", "storage-owner",
    }  # fmt: skip
    assert SERVICES["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"][0]["capabilities"] == ["gpu"]


def test_nothing_of_ours_runs_as_root():
    assert re.search(r"^USER plateau$", DOCKERFILE, re.M)


# The one that gives the files of earlier releases to another user; it has no network and ends at once.
ROOT_WITH_ONE_CAPABILITY = {"storage-owner": ["CHOWN"]}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined_and_has_limits(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == ROOT_WITH_ONE_CAPABILITY.get(name, [])
    user = str(service["user"]).split(":")[0]
    assert (user in ("0", "root")) == (name in ROOT_WITH_ONE_CAPABILITY)
    assert not {"privileged", "devices", "pid", "ipc", "userns_mode"} & set(service)
    assert re.fullmatch(r"\d+[mg]|\$\{\w+:-\d+[mg]\}", service["mem_limit"])
    assert float(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", str(service["cpus"]))) <= 2  # Docker refuses more than there are
    assert 0 < service["pids_limit"] <= 4096
    assert not any("docker.sock" in str(volume) for volume in service.get("volumes", []))


# Who connects to whom: everything else must have no network in common, unless both use the same server.
CONNECTIONS = {
    "proxy": {"web", "tracking"},
    "web": {"postgres", "redis", "storage", "serving"},
    "tracking": {"postgres", "redis", "storage"},
    "serving": {"postgres", "storage"},
    "worker": {"postgres", "redis", "storage", "web"},
    "worker-cpu": {"postgres", "redis", "storage", "web"},
    "worker-gpu": {"postgres", "redis", "storage", "web"},
    "beat": {"redis"},
    "prepare": {"postgres", "storage"},
    "storage-bucket": {"storage"},
    "storage-owner": set(),
    "postgres": set(),
    "redis": set(),
    "storage": set(),
}
SERVERS = {"postgres", "redis", "storage"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_shares_networks_with_what_it_connects_to_alone(name):
    networks = {service: set(SERVICES[service].get("networks", [])) for service in SERVICES}
    assert networks[name] or SERVICES[name].get("network_mode") == "none"
    reached = {other for other in SERVICES if other != name and networks[name] & networks[other]}
    assert CONNECTIONS[name] <= reached
    if name in SERVERS:
        assert reached & SERVERS == set()
        return
    assert reached & SERVERS == CONNECTIONS[name] & SERVERS
    if name == "proxy":
        assert reached == CONNECTIONS[name]


def test_only_what_calls_out_has_a_way_out():
    ways_out = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
    assert ways_out == {"edge", "outbound"}
    leaving = {name for name, service in SERVICES.items() if ways_out & set(service.get("networks", []))}
    assert leaving == {"proxy", "web", "worker"}


def test_the_broker_of_the_file_refuses_whoever_has_no_password(tmp_path):
    """The very command of the file, with the server of the wheel: the password is on no command line."""
    service = SERVICES["redis"]
    assert service["entrypoint"] == ["sh", "-c"]
    (script,) = service["command"]
    (tmp_path / "valkey-server").symlink_to(embedded.valkey_server())
    path, password = tmp_path / "redis.sock", "kX9-vQ2_mZ7tR4wB8nL1pS6dF3gH5jYc"
    script = script.replace("$$", "$").replace("valkey-server -", f"valkey-server - --port 0 --unixsocket {path}")
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "REDISCLI_AUTH": password}
    process = subprocess.Popen([*service["entrypoint"], script], cwd=tmp_path, env=env, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not accepts_on_socket(path)() and time.monotonic() < deadline:
            time.sleep(0.02)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(unix_socket_path=str(path)).ping()
        assert redis.Redis(unix_socket_path=str(path), password=password).ping()
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"valkey-server" in command.split(b"\0")[0]  # the shell became it: signals reach it
        assert password.encode() not in command
    finally:
        process.terminate()
        process.wait(10)
    assert service["healthcheck"]["test"] == ["CMD", "valkey-cli", "-e", "ping"]
    assert service["environment"]["REDISCLI_AUTH"].startswith("${REDIS_PASSWORD:?")
    assert COMPOSE["x-plateau"]["environment"]["REDIS_URL"].startswith("redis://:${REDIS_PASSWORD:?")


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
        "PLATEAU_DEVICE", "PLATEAU_VERSION", "TMPDIR", "HOST", "PORT", "OTEL_EXPORTER_OTLP_ENDPOINT",
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
