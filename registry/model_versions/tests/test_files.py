"""A hostile model file runs nothing and is refused by name."""

import numpy as np
import onnx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from onnx import TensorProto, helper, numpy_helper

from registry.model_versions.files import UnsafeModel, check_onnx, copy_folder, fetch_onnx, onnx_file
from registry.model_versions.mlflow_sync import read_mlmodel
from registry.model_versions.models import ModelVersion

pytestmark = pytest.mark.django_db  # the storage counts what it takes


def graph(path, *, location: str = "", domain: str = ""):
    """Two numbers times a weight; the weight lies at `location` where one is given."""
    weight = numpy_helper.from_array(np.ones((2, 2), dtype=np.float32), "w")
    if location:
        weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2, 2])
        weight.data_location = TensorProto.EXTERNAL
        weight.external_data.add(key="location", value=location)
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    kind = helper.make_tensor_value_info
    built = helper.make_graph(
        [node], "g", [kind("x", TensorProto.FLOAT, [None, 2])], [kind("y", TensorProto.FLOAT, [None, 2])], [weight]
    )
    opsets = [helper.make_opsetid("", 17)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    path.write_bytes(helper.make_model(built, opset_imports=opsets, ir_version=9).SerializeToString())


@pytest.mark.parametrize("location", ["/etc/passwd", "../secret", "a/../../secret", "..\\secret", ""])
def test_weights_outside_the_models_folder_are_refused(tmp_path, location):
    (tmp_path / "secret").write_bytes(b"s" * 16)
    home = tmp_path / "model"
    home.mkdir()
    graph(home / "model.onnx", location=location or "/")
    with pytest.raises(UnsafeModel, match="outside its folder"):
        check_onnx(home / "model.onnx", home)


def test_a_link_that_leads_out_is_refused(tmp_path):
    (tmp_path / "secret").write_bytes(b"s" * 16)
    home = tmp_path / "model"
    home.mkdir()
    (home / "weights.bin").symlink_to(tmp_path / "secret")
    graph(home / "model.onnx", location="weights.bin")
    with pytest.raises(UnsafeModel, match="outside its folder"):
        check_onnx(home / "model.onnx", home)


def test_a_pickle_that_calls_itself_onnx_is_refused_and_runs_nothing(tmp_path):
    touched = tmp_path / "touched"
    (tmp_path / "model.onnx").write_bytes(b"cos\nsystem\n(S'touch " + str(touched).encode() + b"'\ntR.")
    with pytest.raises(UnsafeModel):
        check_onnx(tmp_path / "model.onnx", tmp_path)
    assert not touched.exists()


@pytest.mark.parametrize(
    ("field", "reason"), [(b"evil.operators", "outside the ONNX standard"), (b"weights.bin.", "missing")]
)
def test_text_that_is_no_utf_8_is_refused_like_any_other(tmp_path, field, reason):
    """Protobuf gives such a field as bytes."""
    graph(tmp_path / "model.onnx", location="weights.bin." if reason == "missing" else "", domain="evil.operators")
    bent = (tmp_path / "model.onnx").read_bytes().replace(field, field[:-1] + b"\xff")
    (tmp_path / "model.onnx").write_bytes(bent)
    with pytest.raises(UnsafeModel, match=reason):
        check_onnx(tmp_path / "model.onnx", tmp_path)


def test_operators_of_others_are_refused_and_a_plain_graph_passes(tmp_path):
    graph(tmp_path / "model.onnx", domain="evil.operators")
    with pytest.raises(UnsafeModel, match=r"evil\.operators"):
        check_onnx(tmp_path / "model.onnx", tmp_path)
    graph(tmp_path / "model.onnx")
    check_onnx(tmp_path / "model.onnx", tmp_path)
    assert onnx.load(str(tmp_path / "model.onnx")).graph.node[0].op_type == "MatMul"


@pytest.mark.parametrize(
    "card",
    [
        {"flavors": {"sklearn": {"pickled_model": "model.pkl"}}},
        {"flavors": {"onnx": {"data": "../../etc/passwd"}}},
        {"flavors": {"onnx": {"data": "/etc/passwd"}}},
        {"flavors": {"onnx": {"data": "missing.onnx"}}},
        {"flavors": {"onnx": {}}},
        None,
        "text",
    ],
)
def test_a_card_that_points_elsewhere_is_refused(card):
    with pytest.raises(UnsafeModel):
        onnx_file(card, {"model.onnx"})


def keep(key: str, data: bytes) -> None:
    default_storage.save(key, ContentFile(data))


@pytest.mark.parametrize(
    "card", ["text", 7, [], {"flavors": "onnx"}, {"flavors": {"onnx": 7}}, {"flavors": None}, None]
)
def test_a_card_of_any_shape_is_refused_in_words(card):
    with pytest.raises(UnsafeModel):
        onnx_file(card, {"model.onnx"})


def test_a_card_with_python_tags_is_not_read():
    keep("mlflow/a/MLmodel", b"flavors: !!python/object/apply:os.system ['touch /tmp/x']")
    assert read_mlmodel("mlflow/a") == {"problem": "mlmodel_unreadable"}
    assert read_mlmodel("mlflow/none") == {"problem": "mlmodel_missing"}
    keep("mlflow/b/MLmodel", b"flavors: {onnx: {data: m.onnx}}\nmetadata: {labels: [a, b], image_size: 100000}\n")
    assert read_mlmodel("mlflow/b") == {"flavors": ["onnx"], "size": None, "labels": ["a", "b"]}


def test_a_folder_is_copied_whole_and_an_empty_one_is_refused(tmp_path):
    keep("mlflow/c/MLmodel", b"x")
    keep("mlflow/c/data/weights.bin", b"y")
    copy_folder("mlflow/c", tmp_path / "c")
    assert (tmp_path / "c" / "data" / "weights.bin").read_bytes() == b"y"
    with pytest.raises(UnsafeModel):
        copy_folder("mlflow/nothing", tmp_path / "d")


def test_a_version_whose_files_lie_elsewhere_is_refused(tmp_path):
    with pytest.raises(UnsafeModel, match="not in this platform's storage"):
        fetch_onnx(ModelVersion(pk=1, project_id=1, source="s3://elsewhere/model"), tmp_path)


@pytest.mark.parametrize(
    ("metadata", "graph", "in_browser"),
    [
        ("{labels: [a, b], image_size: 64}", "classification", "classification"),
        ("{labels: [a, b], input_side: 64}", "classification", "classification"),  # as 0.2.0 wrote it
        ("{labels: [a], image_size: 64}", "", ""),  # one class is no choice
        ("{kind: boxes, labels: [a], image_size: 64}", "boxes", "boxes"),
        ("{kind: boxes, labels: [a]}", "", ""),
        ("{kind: picture, image_size: 64}", "", "picture"),
        ("{kind: spans, labels: [a], image_size: 64}", "", ""),  # no graph of pictures
    ],
)
def test_what_a_model_of_anybody_is_run_for_follows_from_its_card(metadata, graph, in_browser):
    card = f"flavors: {{onnx: {{data: model.onnx}}}}\nmetadata: {metadata}\n"
    default_storage.save("mlflow/kind/MLmodel", ContentFile(card.encode()))
    version = ModelVersion(facts=read_mlmodel("mlflow/kind"))
    default_storage.delete("mlflow/kind/MLmodel")
    assert (version.output_kind, version.browser_output_kind) == (graph, in_browser)
