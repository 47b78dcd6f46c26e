"""Fixtures of more than one module."""

import pytest

from registry.mlflow_proxy import proxy
from registry.mlflow_proxy.tests.test_malformed import Door


@pytest.fixture
def door(people, make_project, mlflow_tables, monkeypatch):
    """A project's MLflow, as a scientist's token reaches it."""
    monkeypatch.setattr(proxy, "_fresh_connection", lambda: None)  # the test's own transaction is on it
    return Door(make_project(items=0).pk, people.token("scientist"))
