"""HTTP to addresses that users gave: every connection, redirects too, is made to an address that was checked."""

from typing import Any

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from plateau.kernel.addresses import Unsafe, check

SECONDS = 10
MAX_REDIRECTS = 5


def _pin(connection: HTTPConnection) -> None:
    """Look the name up once, check what it leads to, and connect to just that; a second look-up could lie."""
    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    try:
        target = check(f"http://{host}:{connection.port}/", settings.OUTBOUND_NETWORKS)
    except Unsafe as error:
        raise urllib3.exceptions.NewConnectionError(connection, str(error)) from error
    connection._dns_host = target.ip  # what urllib3 connects to; `host` stays the name


class _PlainConnection(HTTPConnection):
    def connect(self) -> None:
        _pin(self)
        super().connect()


class _SecureConnection(HTTPSConnection):
    def connect(self) -> None:
        _pin(self)
        super().connect()


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Guarded(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


class GuardedSession(requests.Session):
    """A `requests` session that reaches public addresses alone, and `OUTBOUND_NETWORKS`; no proxy of the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.max_redirects = MAX_REDIRECTS
        self.mount("http://", _Guarded())
        self.mount("https://", _Guarded())

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """With a time limit, whoever asks."""
        kwargs.setdefault("timeout", SECONDS)
        return super().request(*args, **kwargs)
