"""While one caller waits for MLflow to be imported, the others are told to come again, and hold no slot."""

import io

import pytest

from registry.mlflow_proxy import proxy
from registry.mlflow_store import server
from registry.mlflow_store.errors import MlflowError

ENVIRON = {"REQUEST_METHOD": "GET", "PATH_INFO": "/mlflow/version", "HTTP_HOST": "127.0.0.1", "QUERY_STRING": ""}


@pytest.mark.django_db
def test_other_callers_come_again_while_mlflow_is_loaded(people, mlflow_tables, monkeypatch):
    answers = []
    monkeypatch.setattr(server, "_app", None)
    with server._lock:
        mlflow_proxy = proxy.MlflowProxy(proxy.not_found_app)
        list(
            mlflow_proxy(
                ENVIRON | {"wsgi.input": io.BytesIO()}, lambda status, headers: answers.append((status, dict(headers)))
            )
        )
    ((status, headers),) = answers
    assert status == "503 Service Unavailable"
    assert int(headers["Retry-After"]) > 0


def test_what_loads_it_by_itself_waits(monkeypatch):
    monkeypatch.setattr(server, "_app", None)
    monkeypatch.setattr(server, "_import_app", lambda: proxy.not_found_app)
    with server._lock, pytest.raises(MlflowError, match="being loaded"):
        server.load_app(wait=False)
    assert server.load_app() is proxy.not_found_app
