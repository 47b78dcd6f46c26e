from importlib.metadata import EntryPoint

import pytest

from labelkit import catalog
from registry.model_versions.models import ModelVersion
from registry.serving_backends.catalog import SERVING_BACKENDS, ServingBackendCatalog
from registry.serving_backends.sandboxed_onnx import SandboxedOnnxBackend
from registry.serving_backends.tests.toy import FACTS, BrightnessBackend

ONNX = {"flavors": ["onnx"], "labels": ["a"], "image_size": 8}


def test_backends_are_asked_in_order_and_come_and_go():
    onnx, toy = ModelVersion(facts=ONNX), ModelVersion(facts=FACTS)
    assert SERVING_BACKENDS.find(onnx).key == "sandboxed_onnx"
    assert SERVING_BACKENDS.find(toy) is None
    with SERVING_BACKENDS.including(BrightnessBackend()):
        assert SERVING_BACKENDS.find(toy).key == "brightness"
        assert [backend.key for backend in SERVING_BACKENDS.values()] == ["sandboxed_onnx", "brightness"]
    assert SERVING_BACKENDS.find(toy) is None


@pytest.mark.parametrize(
    "facts",
    [
        ONNX | {"flavors": ["sklearn"]},
        ONNX | {"kind": "picture"},
        {"flavors": ["onnx"], "labels": ["a"]},
        {"flavors": ["onnx"], "image_size": 8},
        {},
    ],
)
def test_onnx_models_without_their_metadata_are_served_by_nothing(facts):
    assert SERVING_BACKENDS.find(ModelVersion(facts=facts)) is None


def test_a_key_is_taken_once_and_what_is_no_backend_is_rejected():
    backends = ServingBackendCatalog([SandboxedOnnxBackend()])
    with pytest.raises(ValueError, match="'sandboxed_onnx' has a serving backend already"):
        backends.add(SandboxedOnnxBackend())
    with pytest.raises(ValueError, match="is no serving backend with a key"):
        backends.add(object())
    backends.remove("sandboxed_onnx")
    assert list(backends) == []


def test_other_packages_bring_theirs_by_entry_point(monkeypatch):
    names = {
        "good": "registry.serving_backends.tests.toy:BrightnessBackend",
        "bad": "registry.serving_backends.tests.toy:FACTS",
    }
    monkeypatch.setattr(
        catalog, "entry_points", lambda group: [EntryPoint(group, names[group], group)] if group in names else []
    )
    assert [backend.key for backend in ServingBackendCatalog([SandboxedOnnxBackend()], group="good").values()] == [
        "sandboxed_onnx", "brightness",
    ]  # fmt: skip
    with pytest.raises(RuntimeError, match="toy:FACTS of bad cannot be used"):
        list(ServingBackendCatalog([], group="bad"))
