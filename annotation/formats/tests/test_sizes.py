"""Sizes of pictures that are given by address, and files that state another size than the picture has."""

import io
import json
import zipfile

import pytest
from django.core.management import call_command

from annotation.formats.catalog import FORMATS
from annotation.formats.imports import import_labels
from annotation.labeling.imports import import_lines
from annotation.labeling.models import Annotation, Task
from plateau.datalake.models import Item
from plateau.http.errors import InvalidInput

pytestmark = pytest.mark.django_db
BOX = {"id": "a", "shape": "box", "label": "Apple", "x": 10, "y": 8, "w": 30, "h": 20}
MASK = {"id": "a", "shape": "mask", "label": "Apple", "x": 2, "y": 3, "w": 2, "h": 2, "rle": [0, 4]}


def take(people, project, data, fmt: str):
    return import_labels(actor=people.actor("manager"), project=project, fmt=FORMATS[fmt], file=io.BytesIO(data))


def export(people, project, fmt: str):
    response = people.client("manager").get(f"/api/v1/projects/{project.pk}/export/?format={fmt}")
    return response.status_code, b"".join(response.streaming_content) if response.streaming else response.content


def addressed(people, make_project, kind: str = "boxes", count: int = 1):
    project = make_project(items=0, kind=kind, name=f"Addresses, {kind}")
    lines = [json.dumps({"uri": f"https://elsewhere.example/{n}.png"}) for n in range(count)]
    import_lines(actor=people.actor("manager"), project=project, body="\n".join(lines).encode())
    return project


def coco(width, height) -> bytes:
    image = {"id": 1, "file_name": "0.png", "width": width, "height": height}
    line = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 8, 30, 20]}
    return json.dumps({"images": [image], "annotations": [line], "categories": [{"id": 1, "name": "Apple"}]}).encode()


def label_studio(width, height, place=None) -> bytes:
    value = {"x": 10, "y": 10, "width": 30, "height": 25, "rotation": 0, "rectanglelabels": ["Apple"]} | (place or {})
    part = {"id": "r", "type": "rectanglelabels", "from_name": "label", "to_name": "image", "value": value}
    part |= {"original_width": width, "original_height": height, "image_rotation": 0}
    task = {"id": 1, "data": {"image": "https://elsewhere.example/0.png", "name": "0.png"}}
    return json.dumps([task | {"annotations": [{"id": 1, "result": [part]}]}]).encode()


def jsonl(width, height, region=BOX, name: str = "0.png") -> bytes:
    return json.dumps({"name": name, "width": width, "height": height, "value": {"regions": [region]}}).encode()


def cvat(width, height) -> bytes:
    box = '<box label="Apple" xtl="10" ytl="8" xbr="40" ybr="28"/>'
    page = f'<image id="0" name="0.png" width="{width}" height="{height}">{box}</image>'
    return f"<annotations><version>1.1</version>{page}</annotations>".encode()


def voc(width, height) -> bytes:
    out = io.BytesIO()
    size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
    place = "<xmin>10</xmin><ymin>8</ymin><xmax>40</xmax><ymax>28</ymax>"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "Annotations/0.xml",
            f"<annotation><filename>0.png</filename>{size}"
            f"<object><name>Apple</name><bndbox>{place}</bndbox></object></annotation>",
        )
    return out.getvalue()


FILES = {"coco": coco, "label_studio": label_studio, "jsonl": jsonl, "cvat": cvat, "voc": voc}


@pytest.mark.parametrize("fmt", FILES)
def test_the_size_that_a_file_states_is_kept_and_goes_out_again(people, make_project, fmt):
    project = addressed(people, make_project)
    take(people, project, FILES[fmt](100, 80), fmt)
    item = Item.objects.get(dataset=project.dataset)
    assert (item.width, item.height) == (100, 80)
    listed = people.client("manager").get(f"/api/v1/datasets/{project.dataset_id}/items/").json()["results"][0]
    assert (listed["width"], listed["height"]) == (100, 80)
    coco = json.loads(export(people, project, "coco")[1])
    assert (coco["images"][0]["width"], coco["images"][0]["height"]) == (100, 80)
    assert coco["annotations"][0]["bbox"] == [10, 8, 30, 20]
    part = json.loads(export(people, project, "label_studio")[1])[0]["annotations"][0]["result"][0]
    assert (part["original_width"], part["original_height"], part["value"]["x"]) == (100, 80, 10)
    with zipfile.ZipFile(io.BytesIO(export(people, project, "yolo")[1])) as archive:
        assert archive.read("labels/0.txt").decode() == "0 0.25 0.225 0.3 0.25"
    assert b'width="100" height="80"' in export(people, project, "cvat")[1]


@pytest.mark.parametrize("fmt", ["coco", "jsonl", "cvat", "voc"])
@pytest.mark.parametrize("known", ["an uploaded picture", "a size stated before"])
def test_another_size_than_the_picture_has_is_refused_where_places_are_pixels(people, make_project, fmt, known):
    if known == "an uploaded picture":
        project, size = make_project(items=1, kind="boxes", side=64), "64 × 64"
    else:
        project, size = addressed(people, make_project), "64 × 64"
        Item.objects.filter(dataset=project.dataset).update(width=64, height=64)
    with pytest.raises(
        InvalidInput, match=f"Nothing was imported.*states 50 × 40 pixels for “0.png”, which has {size}"
    ):
        take(people, project, FILES[fmt](50, 40), fmt)
    assert not Annotation.objects.exists()
    take(people, project, FILES[fmt](64, 64), fmt)
    assert Task.objects.get(project=project).state == "done"


def test_shares_are_taken_of_the_picture_that_is_there(people, make_project):
    """A copy of half the size was labeled in Label Studio."""
    project = make_project(items=1, kind="boxes", side=80)
    take(people, project, label_studio(40, 40), "label_studio")
    region = Task.objects.get(project=project).annotation.value["regions"][0]
    assert [region[key] for key in "xywh"] == [8, 8, 24, 20]


def test_two_sizes_for_one_item_in_a_file_are_refused(people, make_project):
    project = addressed(people, make_project)
    with pytest.raises(InvalidInput, match=r"states 50 × 40 pixels for “0\.png”, which has 100 × 80"):
        take(people, project, jsonl(100, 80) + b"\n" + jsonl(50, 40), "jsonl")
    assert Item.objects.get(dataset=project.dataset).width is None


@pytest.mark.parametrize("size", [(0, 0), (None, None), ("100", "80"), (-5, 10), (True, True), (99.5, 80)])
def test_what_is_no_size_is_not_kept(people, make_project, size):
    project = addressed(people, make_project)
    take(people, project, jsonl(*size), "jsonl")
    assert Item.objects.get(dataset=project.dataset).width is None


def test_a_size_beyond_any_picture_is_refused(people, make_project):
    with pytest.raises(InvalidInput, match="the size 1000000 × 1000000"):
        take(people, addressed(people, make_project), jsonl(10**6, 10**6), "jsonl")


def test_a_label_studio_file_of_one_pixel_was_written_for_an_unknown_size(people, make_project):
    project = addressed(people, make_project)
    take(people, project, label_studio(1, 1, {"x": 1000, "y": 800, "width": 3000, "height": 2000}), "label_studio")
    assert Item.objects.get(dataset=project.dataset).width is None
    region = Task.objects.get(project=project).annotation.value["regions"][0]
    assert [region[key] for key in "xywh"] == [10, 8, 30, 20]


@pytest.mark.parametrize(
    ("kind", "region", "formats"),
    [("boxes", BOX, ["label_studio", "yolo", "cvat", "voc"]), ("masks", MASK, ["png", "coco", "label_studio", "cvat"])],
)
def test_a_format_that_needs_sizes_names_the_items_that_have_none(people, make_project, kind, region, formats):
    project = addressed(people, make_project, kind, count=8)
    lines = [jsonl(None, None, region, f"{n}.png") for n in range(7)] + [jsonl(100, 80, region, "7.png")]
    take(people, project, b"\n".join(lines), "jsonl")
    for fmt in formats:
        status, body = export(people, project, fmt)
        assert status == 400, fmt
        assert "(7: 0.png, " in (message := json.loads(body)["errors"][0]["message"])
        assert "0.png, 1.png, 2.png, 3.png, 4.png, …" in message
    assert export(people, project, "jsonl")[0] == 200
    Item.objects.filter(dataset=project.dataset).update(width=100, height=80)
    assert {export(people, project, fmt)[0] for fmt in formats} == {200}


def test_pixels_without_a_size_go_out_without_one(people, make_project):
    project = addressed(people, make_project)
    take(people, project, jsonl(None, None), "jsonl")
    image = json.loads(export(people, project, "coco")[1])["images"][0]
    assert (image["width"], image["height"]) == (None, None)
    classes = addressed(people, make_project, "classification")
    line = json.dumps({"name": "0.png", "value": {"label": "Apple"}}).encode()
    take(people, classes, line, "jsonl")
    status, page = export(people, classes, "cvat")
    assert status == 200
    assert b'name="0.png">' in page


def test_lists_of_addresses_may_state_sizes(people, make_project, tmp_path):
    project = make_project(items=0, kind="boxes", name="Lines")
    line = {"uri": "https://elsewhere.example/a.png", "width": 100, "height": 80}
    body = "\n".join(json.dumps(row) for row in (line, {"uri": "https://elsewhere.example/b.png"})).encode()
    import_lines(actor=people.actor("manager"), project=project, body=body)
    sizes = Item.objects.filter(dataset=project.dataset).order_by("name").values_list("width", "height")
    assert list(sizes) == [(100, 80), (None, None)]
    wrong = json.dumps(line | {"uri": "https://elsewhere.example/c.png", "width": 10**9}).encode()
    with pytest.raises(InvalidInput, match="line 1: Invalid size in the list: the size"):
        import_lines(actor=people.actor("manager"), project=project, body=wrong)
    (tmp_path / "list.jsonl").write_bytes(body)
    table = "uri,width,height\nhttps://elsewhere.example/a.png,100,80\nhttps://elsewhere.example/b.png,,80 px\n"
    (tmp_path / "list.csv").write_text(table)
    for name in ("list.jsonl", "list.csv"):
        call_command("ingest", str(tmp_path / name), dataset=name, verbosity=0)
        sizes = Item.objects.filter(dataset__name=name).order_by("name").values_list("width", "height")
        assert list(sizes) == [(100, 80), (None, None)]


@pytest.mark.parametrize("name", ["0.png", "1.png"])
def test_a_project_comes_over_with_the_sizes_of_its_pictures(people, tmp_path, name):
    """The second picture has no label."""
    page = '<image id="1" name="1.png" width="60" height="50"/></annotations>'
    file = tmp_path / "export.xml"
    file.write_bytes(cvat(60, 50).replace(b"</annotations>", page.encode()))
    call_command("import_project", str(file), format="cvat", organization="ours", name="Roads")
    item = Item.objects.get(name=name)
    assert (item.width, item.height) == (60, 50)
