"""Storage on S3 that a web process does not wait for longer than its callers would."""

from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, EndpointConnectionError
from storages.backends.s3 import S3Storage

from plateau.outages.circuit_breaker import CircuitBreaker
from plateau.storage.patience import patience

# Of one call, seconds. botocore's own are 60 each and five attempts: minutes of a thread that others wait for.
_QUICK = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 2})
_BREAKER = CircuitBreaker()


class PromptBucket(S3Storage):  # type: ignore[misc]  # without types
    """In a web process each call ends soon, and a storage that does not answer is left alone for a while."""

    client_config: Config

    @property
    def connection(self) -> Any:
        """The resource of this thread; see django-storages."""
        is_new = getattr(self._connections, "connection", None) is None
        if is_new and patience.fails_fast:
            self.client_config = self.client_config.merge(_QUICK)
        connection = super().connection
        if is_new and patience.fails_fast:
            events = connection.meta.client.meta.events
            events.register("before-call.s3", self._check)
            events.register("after-call.s3", self._note_answer)
            events.register("after-call-error.s3", self._note_error)
        return connection

    def _check(self, **_: object) -> None:
        if _BREAKER.seconds_left(self.endpoint_url):
            raise EndpointConnectionError(endpoint_url=self.endpoint_url)

    def _note_answer(self, **_: object) -> None:
        _BREAKER.succeeded(self.endpoint_url)

    def _note_error(self, exception: Exception, **_: object) -> None:
        if isinstance(exception, BotoCoreError):
            _BREAKER.failed(self.endpoint_url)
