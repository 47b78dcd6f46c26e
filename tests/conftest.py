"""Fixtures of tests that cross contexts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from conftest import Organizations
from tests.forks import Forks
from tests.route_parameters import RouteRows
from tests.stack import Stack


@pytest.fixture(scope="session")
def forks(mlflow_tables: None, stack_home: Path) -> Iterator[Forks]:
    """What the stacks of this runner are forks of: all have the same home and the same ports."""
    forks = Forks(Stack(stack_home).env, stack_home.parent / "forks.log")
    yield forks
    forks.stop()


@pytest.fixture
def stack(transactional_db: None, forks: Forks, stack_home: Path) -> Iterator[Stack]:
    """Nothing runs yet; start what the test needs."""
    import redis
    from django.conf import settings

    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    shutil.rmtree(stack_home, ignore_errors=True)
    stack_home.mkdir()
    ports = tuple(int(forks.env[name].rpartition(":")[2]) for name in ("PLATEAU_URL", "SERVING_URL"))
    started = Stack(stack_home, ports)
    started.env, started.forks = dict(forks.env), forks
    yield started
    started.stop()


S3_KEYS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "s3-tests-0nly-7Wq9Zx2Lk4",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def s3_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3 server with an empty bucket `plateau`, and its keys in the environment; its address."""
    for key, value in S3_KEYS.items():
        monkeypatch.setenv(key, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=address).create_bucket(Bucket="plateau")
    yield address
    server.stop()


@pytest.fixture
def their_rows(people: Organizations, mlflow_tables: None) -> RouteRows:
    """Rows of the organization `theirs` for every parameter of a route."""
    return RouteRows(people.members["theirs", "admin"])
