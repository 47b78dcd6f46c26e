"""Fixtures of tests that cross contexts."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from conftest import Organizations
from tests.route_parameters import RouteRows
from tests.stack import Stack


@pytest.fixture
def stack(transactional_db: None, tmp_path: Path, mlflow_tables: None) -> Iterator[Stack]:
    """Nothing runs yet; start what the test needs."""
    import redis
    from django.conf import settings

    address = settings.REDIS_URL
    redis.Redis.from_url(address).flushdb()
    started = Stack(tmp_path)
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
def their_rows(people: Organizations) -> RouteRows:
    """Rows of the organization `theirs` for every parameter of a route."""
    return RouteRows(people.members["theirs", "admin"])
