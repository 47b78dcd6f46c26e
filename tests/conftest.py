"""Fixtures of tests that cross contexts."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import boto3
import psycopg2
import pytest
from django.conf import settings
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


@pytest.fixture
def elsewhere(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Another installation: an empty database on the same server, an empty storage."""
    name = f"restored_{time.time_ns()}"
    host = settings.DATABASES["default"]["HOST"]
    connection = psycopg2.connect(host=host, user="plateau", dbname="postgres")
    connection.autocommit = True
    connection.cursor().execute(f'CREATE DATABASE "{name}"')
    second_stack = Stack(tmp_path_factory.mktemp("elsewhere"))
    second_stack.env["DATABASE_URL"] = f"postgresql://plateau@{quote(host, safe='')}/{name}"
    yield second_stack
    second_stack.stop()
    connection.cursor().execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()
