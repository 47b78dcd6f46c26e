"""A web process does not wait for a storage that is away."""

import pytest
from botocore.exceptions import EndpointConnectionError

from plateau.outages.circuit_breaker import FAILURES, CircuitBreaker
from plateau.storage import prompt_bucket
from plateau.storage.patience import patience


def bucket() -> prompt_bucket.PromptBucket:
    return prompt_bucket.PromptBucket(
        bucket_name="b", endpoint_url="http://127.0.0.1:1", region_name="x", access_key="a", secret_key="b"
    )


def test_a_storage_that_is_away_is_left_alone_after_a_few_calls(monkeypatch):
    breaker = CircuitBreaker()
    monkeypatch.setattr(prompt_bucket, "_BREAKER", breaker)
    monkeypatch.setattr(patience, "fails_fast", True)
    monkeypatch.setattr(
        prompt_bucket, "_QUICK", prompt_bucket._QUICK.merge(prompt_bucket.Config(retries={"total_max_attempts": 1}))
    )
    storage = bucket()
    for _ in range(FAILURES):
        with pytest.raises(EndpointConnectionError):
            storage.exists("a")
    assert breaker.seconds_left("http://127.0.0.1:1") > 0
    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", None)  # nobody is called
    with pytest.raises(EndpointConnectionError):
        storage.exists("a")
    config = storage.connection.meta.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (3, 15)


def test_a_worker_waits_as_before(monkeypatch):
    monkeypatch.setattr(patience, "fails_fast", False)
    assert bucket().connection.meta.client.meta.config.read_timeout == 60
