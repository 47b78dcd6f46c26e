"""Fixtures of tests that cross contexts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import Stack


@pytest.fixture
def stack(transactional_db: None, tmp_path: Path, mlflow_tables: None) -> Iterator[Stack]:
    """Nothing runs yet; start what the test needs."""
    import redis
    from django.conf import settings

    address = settings.REDIS_URL
    redis.Redis.from_url(address).flushdb()
    made = Stack(tmp_path)
    yield made
    made.stop()
