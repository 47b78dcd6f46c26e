"""Addresses that MLflow's client prints lead to our own page; what follows their # stays with the browser."""

import pytest

from registry.mlflow_proxy.proxy import MlflowProxy


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/mlflow", "/experiments"),
        ("/mlflow/", "/experiments"),
        ("/mlflow/project-7/", "/experiments?project=7"),
        ("/mlflow/project-7", "/experiments?project=7"),
    ],
)
def test_the_root_of_a_tracking_uri_redirects_to_the_experiments(path, location):
    answered = []
    proxy = MlflowProxy(lambda *_: pytest.fail("Django was asked"))
    body = proxy({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *start: answered.append(start))
    assert list(body) == []
    ((status, headers),) = answered
    assert (status[:3], dict(headers)["Location"]) == ("302", location)
