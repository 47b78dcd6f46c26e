"""The labeling screen: every kind drawn by hand and by keys."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from annotation.labeling.models import Annotation, Comment, Draft, Task
from annotation.quality.models import Review
from labelkit.tests.geometries import schema_labels
from plateau.datalake.models import Item
from plateau.identity.models import MemberSession
from tests.browser.conftest import expect_status

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def open_project(sign_in, stack, project, role="annotator") -> Page:
    page = sign_in(role, path=f"/label/{project.pk}")
    expect(page.locator(".item-name")).not_to_be_empty()
    page.wait_for_timeout(300)
    return page


def stage(page: Page) -> tuple[float, float]:
    """The middle of the picture on the screen."""
    frame = page.locator(".stage canvas").last.bounding_box()
    return frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2


def regions_listed(page: Page, number: int) -> None:
    expect(page.get_by_role("heading", name=f"Regions: {number}", exact=True)).to_be_visible()


def submitted(page: Page, stack) -> dict:
    page.keyboard.press("Enter")
    stack.wait(Annotation.objects.exists, 8, "answer")
    return Annotation.objects.latest("pk").value


@pytest.fixture
def shapes(make_project):
    """A project of all shapes, with a label for each."""
    from annotation.projects.models import LabelSchema

    project = make_project(items=2, kind="mixed", side=96)
    labels = [label | {"key": ""} for label in schema_labels() if label["id"].startswith("one")]
    LabelSchema.objects.filter(project=project).update(labels=labels)
    return project


def test_every_shape_is_drawn_picked_by_key_and_comes_out_as_an_answer(sign_in, stack, shapes):
    stack.web()
    page = open_project(sign_in, stack, shapes)
    x, y = stage(page)
    mouse = page.mouse

    page.keyboard.press("1")  # a box, by a drag
    mouse.move(x - 280, y - 280)
    mouse.down()
    mouse.move(x - 180, y - 200, steps=3)
    mouse.up()
    page.keyboard.press("Escape")
    page.keyboard.press("2")  # a polygon, by clicks, ended with Enter
    for dx, dy in ((0, -280), (100, -280), (60, -180)):
        mouse.click(x + dx, y + dy)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("3")  # a line
    for dx, dy in ((-280, 0), (-200, 40), (-280, 80)):
        mouse.click(x + dx, y + dy)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("4")  # three keypoints, a click each
    for dx, dy in ((150, 0), (200, 60), (250, 0)):
        mouse.click(x + dx, y + dy)
    page.keyboard.press("Escape")
    page.keyboard.press("5")  # a mask, by a stroke
    mouse.move(x - 60, y + 200)
    mouse.down()
    mouse.move(x + 60, y + 240, steps=6)
    mouse.up()
    regions_listed(page, 5)
    value = submitted(page, stack)
    assert [region["shape"] for region in value["regions"]] == ["box", "polygon", "polyline", "skeleton", "mask"]
    assert [len(region["points"]) for region in value["regions"][1:4]] == [3, 3, 3]
    assert value["regions"][4]["rle"]


def test_a_vertex_of_a_finished_polygon_is_deleted_by_pointer_and_by_keys(sign_in, stack, shapes):
    stack.web()
    page = open_project(sign_in, stack, shapes)
    x, y = stage(page)
    page.keyboard.press("2")
    for dx, dy in ((0, -280), (100, -280), (100, -180), (0, -180)):
        page.mouse.click(x + dx, y + dy)
    page.keyboard.press("Enter")
    page.mouse.click(x + 50, y - 280)  # the outline: chooses the polygon
    page.mouse.click(x + 100, y - 180)
    expect(page.get_by_text("Vertex 3 of 4", exact=True)).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.get_by_text("Vertex 3 of 3", exact=True)).to_be_visible()
    page.keyboard.press("Control+z")
    for key in ("d", "d"):
        page.keyboard.press(key)
    expect(page.get_by_text("Vertex 2 of 4", exact=True)).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_text("Vertex 2 of 3", exact=True)).to_be_visible()
    page.get_by_role("button", name="Delete the vertex Del", exact=True).click()
    expect_status(
        page, "A polygon has at least three vertices. To delete the whole polygon, press Escape and then Delete."
    )
    regions_listed(page, 1)
    page.keyboard.press("?")
    expect(
        page.get_by_role(
            "button", name=re.compile("^Delete the selected vertex or keypoint, or the selected regions Del")
        )
    ).to_be_visible()
    page.keyboard.press("Escape")
    first, second, third = submitted(page, stack)["regions"][0]["points"]
    assert (first[0], second[1]) == (third[0], third[1])
    assert first[1] < third[1]
    assert first[0] < second[0]


def test_a_keypoint_is_marked_as_occluded_saved_exported_and_shown_in_review(sign_in, stack, people, shapes):
    stack.web()
    shapes.review_fraction = 1.0
    shapes.save()
    page = open_project(sign_in, stack, shapes)
    x, y = stage(page)
    page.keyboard.press("4")
    page.mouse.click(x + 150, y)
    page.keyboard.press("Shift+O")  # the one just set
    for dx, dy in ((200, 60), (250, 0)):
        page.mouse.click(x + dx, y + dy)
    page.mouse.click(x + 200, y + 60)
    keypoints = page.get_by_role("region", name="Keypoints of the selected region", exact=True)
    for name in ("head occluded", "hand visible", "foot visible"):
        expect(keypoints.get_by_role("button", name=name, exact=True)).to_be_visible()
    page.mouse.click(x + 250, y)
    keypoints.get_by_role("button", name="occluded ⇧ O", exact=True).click()
    expect(keypoints.get_by_role("button", name="foot occluded", exact=True)).to_be_visible()
    value = submitted(page, stack)
    assert [point[2] for point in value["regions"][0]["points"]] == [1, 2, 1]

    reviewer = sign_in("reviewer", path=f"/review/{shapes.pk}")
    reviewer.get_by_role("button", name=re.compile(r"^1\. One skeleton .*occluded: 2$")).click()
    keypoints = reviewer.get_by_role("region", name="Keypoints of the selected region", exact=True)
    for name in ("head occluded", "hand visible", "foot occluded"):
        expect(keypoints.get_by_role("button", name=name, exact=True)).to_be_visible()
    reviewer.get_by_role("button", name="Accept ⏎", exact=True).click()
    stack.wait(Review.objects.filter(verdict="accepted").exists, 8, "acceptance")

    response = people.client("manager").get(f"/api/v1/projects/{shapes.pk}/export/?format=coco")
    line = json.loads(b"".join(response.streaming_content))["annotations"][0]
    assert (line["keypoints"][2::3], line["num_keypoints"]) == ([1, 2, 1], 3)


def test_fifty_boxes_take_two_clicks_or_one_drag_each_and_no_menu(sign_in, stack, make_project):
    """What a newcomer does: a key for the label, then drags. Clicks and keys for each box are counted: 2 at most."""
    stack.web()
    project = make_project(items=2, kind="boxes", side=96)
    page = open_project(sign_in, stack, project)
    page.evaluate("""() => {
        window.acts = 0;
        for (const kind of ["pointerup", "keydown"]) window.addEventListener(kind, () => { window.acts += 1; }, true);
    }""")
    x, y = stage(page)
    for number in range(50):
        left, top = x - 300 + (number % 10) * 60, y - 280 + (number // 10) * 110
        if number % 2:
            page.mouse.move(left, top)
            page.mouse.down()
            page.mouse.move(left + 40, top + 80)
            page.mouse.up()
        else:
            page.mouse.click(left, top)
            page.mouse.click(left + 40, top + 80)
    regions_listed(page, 50)
    page.keyboard.press("Enter")
    stack.wait(Annotation.objects.exists, 8, "answer")
    assert page.evaluate("window.acts") / 50 <= 2
    assert len(Annotation.objects.get().value["regions"]) == 50


def test_a_box_is_made_moved_sized_and_labeled_by_keys_alone(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=1, kind="boxes", side=96)
    page = open_project(sign_in, stack, project)
    for key in ("a", "2", "ArrowRight", "Shift+ArrowDown", "Alt+ArrowRight", "Control+d"):
        page.keyboard.press(key)
    regions_listed(page, 2)
    first, second = submitted(page, stack)["regions"]
    assert (first["label"], second["label"]) == ("pear", "pear")
    assert first["w"] == first["h"] + 4
    assert (second["x"], second["y"]) == (first["x"] + 8, first["y"] + 8)


def test_keys_can_be_changed_and_a_clash_is_told(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=3))
    page.keyboard.press("?")
    sheet = page.get_by_role("region", name="Keyboard shortcuts", exact=True)
    sheet.get_by_role("button", name=re.compile("^Skip…")).click()
    page.keyboard.press("u")
    sheet.get_by_role("button", name=re.compile("^Postpone")).click()
    page.keyboard.press("b")
    expect(page.get_by_role("alert")).to_contain_text("B is assigned to: Previous, Postpone. The first one wins.")
    sheet.get_by_role("button", name="Reset shortcuts", exact=True).click()
    page.wait_for_load_state("networkidle")
    sheet.get_by_role("button", name=re.compile("^Skip…")).click()
    page.keyboard.press("u")
    page.keyboard.press("Escape")
    page.wait_for_load_state("networkidle")  # they are kept with the person
    page.reload()
    expect(page.locator(".item-name")).not_to_be_empty()
    page.keyboard.press("s")
    expect(page.get_by_text("Why skip this item?", exact=True)).to_be_hidden()
    page.keyboard.press("u")
    expect(page.get_by_text("Why skip this item?", exact=True)).to_be_visible()


def test_the_palette_finds_and_runs_every_action(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=2))
    page.keyboard.press("Control+k")
    page.keyboard.type("pear")
    page.keyboard.press("Enter")
    expect(page.locator(".chips [aria-pressed=true]")).to_contain_text("Pear")
    page.keyboard.press("Control+k")
    page.keyboard.type("undo")
    page.keyboard.press("Enter")
    expect(page.locator(".chips [aria-pressed=true]")).to_have_count(0)


def test_putting_off_taking_over_and_hiding(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=3, kind="boxes", side=96))
    name = page.locator(".item-name").inner_text()
    page.keyboard.press("n")
    expect(page.locator(".item-name")).not_to_have_text(name)
    page.keyboard.press("a")
    page.keyboard.press("h")
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    expect(page.locator(".item-name")).not_to_have_text(name)
    page.keyboard.press("t")
    regions_listed(page, 1)


def test_spans_are_marked_by_mouse_and_by_keys_and_joined_by_an_arrow(sign_in, stack, people, make_project):
    stack.web()
    labels = [
        {"id": "who", "name": "Person", "color": "#b91c1c", "key": "1", "shape": "", "skeleton": None},
        {"id": "where", "name": "Place", "color": "#15803d", "key": "2", "shape": "span", "skeleton": None},
        {"id": "in", "name": "lives in", "color": "#2457d6", "key": "3", "shape": "relation", "skeleton": None},
    ]
    project = make_project(items=0, kind="spans")
    project.schemas.update(labels=labels)
    body = '{"text": "🍎太郎 lives in Kyoto."}'
    path = f"/api/v1/projects/{project.pk}/tasks/import/"
    people.client("manager").post(path, body, content_type="application/x-ndjson")
    page = open_project(sign_in, stack, project)
    text = page.get_by_role("textbox", name="Text to label", exact=True)
    page.keyboard.press("2")
    box = page.locator("[data-unit]").first.bounding_box()
    page.evaluate("""() => {
        const node = [...document.querySelectorAll("[data-unit]")].at(-1).firstChild;
        const range = document.createRange();
        const at = node.data.indexOf("Kyoto");
        range.setStart(node, at); range.setEnd(node, at + 5);
        const selection = window.getSelection(); selection.removeAllRanges(); selection.addRange(range);
    }""")
    text.dispatch_event("mouseup")
    regions_listed(page, 1)
    assert box["width"] > 0
    text.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    regions_listed(page, 2)
    page.keyboard.press("j")
    page.locator("[data-tag]", has_text=re.compile("^Place$")).click()
    page.locator(".piece", has_text=re.compile("Kyoto")).dispatch_event("mousedown")
    regions_listed(page, 3)
    text.evaluate("node => node.blur()")
    value = submitted(page, stack)
    assert [(s["label"], s["start"], s["end"]) for s in value["spans"]] == [("who", 0, 3), ("where", 13, 18)]
    ids = {s["label"]: s["id"] for s in value["spans"]}
    assert [(r["label"], r["from"], r["to"]) for r in value["relations"]] == [("in", ids["who"], ids["where"])]


def test_what_is_required_of_a_region_is_asked_for(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=1, kind="boxes", side=96)
    attribute = {
        "id": "color",
        "name": "Colour",
        "type": "choice",
        "options": ["red", "blue"],
        "labels": [],
        "required": True,
    }
    project.schemas.update(attributes=[attribute])
    page = open_project(sign_in, stack, project)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect_status(page, 'Required attributes are missing (marked "incomplete").')
    page.get_by_role("combobox", name="Colour *", exact=True).select_option("blue")
    page.get_by_role("combobox", name="Colour *", exact=True).blur()
    assert submitted(page, stack)["regions"][0]["attributes"] == {"color": "blue"}


def test_a_comment_is_pinned_to_a_region(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=1, kind="boxes", side=96))
    page.keyboard.press("a")
    page.keyboard.press("m")
    page.get_by_label("Comment", exact=True).fill("Is this one box or two?")
    page.keyboard.press("Enter")
    expect(page.locator(".comments li")).to_contain_text("Is this one box or two?")
    assert Comment.objects.get().region


def test_two_windows_of_one_person_never_show_the_same_item(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=12)
    page = open_project(sign_in, stack, project)
    second_page = page.context.new_page()
    second_page.goto(f"{stack.url}/label/{project.pk}")
    over = second_page.get_by_text("All done: no tasks left for you in this project.", exact=True)
    expect(second_page.locator(".item-name").or_(over).first).to_be_visible()
    second_page.wait_for_timeout(500)
    shown_items: dict[str, list[str]] = {"one": [], "other": []}
    for _ in range(4):
        for name, window in (("one", page), ("other", second_page)):
            shown = window.locator(".item-name").inner_text()
            if shown:
                shown_items[name].append(shown)
                window.keyboard.press("1")
                window.keyboard.press("Enter")
                window.wait_for_timeout(150)
    assert len(shown_items["one"]) == 4
    assert not set(shown_items["one"]) & set(shown_items["other"])
    stack.wait(lambda: Annotation.objects.count() == len(shown_items["one"]) + len(shown_items["other"]), 8, "answers")


def test_an_answer_given_elsewhere_meanwhile_is_shown_beside_mine_and_the_person_chooses(
    sign_in, stack, people, make_project
):
    import uuid

    from annotation.labeling import queue

    stack.web()
    project = make_project(items=1)
    page = open_project(sign_in, stack, project)
    queue.submit_annotation(
        actor=people.actor("annotator"), task_id=Task.objects.get().pk, value={"label": "pear"}, client_id=uuid.uuid4()
    )
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You annotated this task elsewhere in the meantime.")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".sides")).to_contain_text("Apple")
    expect(page.locator(".sides")).to_contain_text("Pear")
    page.get_by_role("button", name="Keep local version", exact=True).click()
    stack.wait(lambda: Task.objects.get().annotation.value == {"label": "apple"}, 8, "choice")


def test_practice_shows_the_right_answer_and_then_goes_on(sign_in, stack, people, make_project):
    from annotation.quality.services import set_gold_task

    stack.web()
    project = make_project(items=3)
    project.qualification_tasks = 1
    project.save()
    set_gold_task(
        actor=people.actor("manager"), task=Task.objects.first(), value={"label": "pear"}, is_qualification=True
    )
    page = open_project(sign_in, stack, project)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    feedback = page.get_by_role("region", name="Practice", exact=True)
    expect(feedback.get_by_role("heading", name="Practice: incorrect", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(feedback).to_be_hidden()
    expect(page.locator(".item-name")).not_to_be_empty()


def test_picture_settings_are_kept(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=2, kind="boxes", side=96))
    page.get_by_role("button", name="View settings", exact=True).click()
    page.get_by_label("Contrast", exact=True).fill("2")
    page.reload()
    expect(page.locator(".item-name")).not_to_be_empty()
    page.get_by_role("button", name="View settings", exact=True).click()
    expect(page.get_by_label("Contrast", exact=True)).to_have_value("2")


@pytest.mark.parametrize(("language", "look"), [("en", "light"), pytest.param("ja", "dark", marks=pytest.mark.slow)])
def test_the_open_panels_of_the_workbench_have_no_finding_of_axe(sign_in, stack, shapes, language, look):
    from tests.browser.test_browser import findings

    stack.web()
    page = sign_in("annotator", language, look, path=f"/label/{shapes.pk}")
    expect(page.locator(".item-name")).not_to_be_empty()
    page.keyboard.press("a")
    page.keyboard.press("m")
    violations = []
    for key in ("s", "?", "Shift+V", "Control+k"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
        violations += findings(page, key)
        page.keyboard.press("Escape")
    assert violations == []


def test_a_registered_model_makes_masks_out_of_clicks_in_the_browser(sign_in, stack, people, make_project):
    """The model takes what is about as bright as the clicked pixel; it runs as ONNX in Chromium."""
    import io as memory

    import numpy as np
    from PIL import Image

    from plateau.datalake.services import save_asset
    from registry.segmentation_models.tests.models import by_brightness

    pixels = np.zeros((96, 96, 3), dtype="uint8")
    pixels[20:60, 30:80] = 230
    out = memory.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    project = make_project(items=1, kind="masks", side=96)
    Item.objects.update(asset=save_asset(organization_id=project.organization_id, data=out.getvalue()))
    file = memory.BytesIO(by_brightness())
    file.name = "model.onnx"
    people.client("scientist").post("/api/v1/segmentation-models/", {"file": file, "name": "Brightness"})
    stack.web()
    page = open_project(sign_in, stack, project)
    expect(page.get_by_role("button", name="Mask by clicks", exact=True)).to_be_visible()
    page.keyboard.press("c")
    page.wait_for_timeout(300)
    x, y = stage(page)
    page.mouse.click(x, y - 40)
    page.wait_for_timeout(3000)
    page.keyboard.press("Enter")
    regions_listed(page, 1)
    region = submitted(page, stack)["regions"][0]
    assert (region["x"], region["y"], region["w"], region["h"]) == (30, 20, 50, 40)


def test_a_picture_of_12_bits_in_16_is_seen_from_black_to_white(sign_in, stack, make_project):
    import numpy as np

    from labelkit.tests.deep_pictures import png16
    from plateau.datalake.services import save_asset

    project = make_project(items=1, kind="boxes", side=96)
    ramp = np.tile(np.linspace(0, 4095, 600).astype(np.uint16), (400, 1))
    Item.objects.update(asset=save_asset(organization_id=project.organization_id, data=png16(ramp)))
    stack.web()
    page = open_project(sign_in, stack, project)
    page.wait_for_function(
        """() => [...document.querySelectorAll('.stage canvas')].some((one) => {
            const line = one.getContext('2d')?.getImageData(0, one.height >> 1, one.width, 1).data ?? [];
            const shades = new Set();
            for (let at = 0; at < line.length; at += 4)
                if (line[at] === line[at + 1] && line[at] === line[at + 2]) shades.add(line[at]);
            return shades.size > 200 && shades.has(2) && shades.has(253);
        })"""
    )


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LONG_NAME = "5f2c9f0e-a-picture-with-the-long-name-that-cameras-and-exports-give-0001.png"


def fits(page: Page) -> bool:
    """Nothing is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_on_a_phone_classes_are_chosen_and_sent_by_taps(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=3)
    Item.objects.update(name=LONG_NAME)
    page = sign_in("annotator", **PHONE, path=f"/label/{project.pk}")
    page.get_by_role("button", name="Pear", exact=True).tap()
    submit = page.get_by_role("button", name=re.compile("^Submit"))
    frame, picture = submit.bounding_box(), page.locator(".stage").bounding_box()
    assert picture["height"] > 200
    assert frame["y"] + frame["height"] <= 844  # no scrolling between the picture and the button
    assert frame["height"] >= 40  # a finger hits it
    submit.tap()
    stack.wait(Annotation.objects.exists, 8, "answer")
    assert Annotation.objects.get().value == {"label": "pear"}
    assert fits(page)


def test_on_a_phone_answers_are_reviewed_by_taps(sign_in, stack, people, make_project):
    import uuid

    from annotation.labeling import queue

    stack.web()
    project = make_project(items=2)
    project.review_fraction = 1.0
    project.save()
    for task in queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk, count=2).tasks:
        queue.submit_annotation(
            actor=people.actor("annotator"), task_id=task["id"], value={"label": "pear"}, client_id=uuid.uuid4()
        )
    Item.objects.update(name=LONG_NAME)
    page = sign_in("reviewer", **PHONE, path=f"/review/{project.pk}")
    page.get_by_role("button", name=re.compile("^Accept")).tap()
    stack.wait(lambda: Review.objects.filter(verdict="accepted").count() == 1, 8, "acceptance")
    page.get_by_role("button", name=re.compile("^Reject")).tap()
    page.get_by_role("button", name=re.compile("Wrong label")).tap()
    stack.wait(lambda: Review.objects.filter(verdict="rejected").count() == 1, 8, "rejection")
    assert fits(page)


def test_one_finger_draws_two_fingers_zoom_and_a_pen_draws_like_a_mouse(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=1, kind="boxes", side=96)
    page = sign_in("annotator", viewport={"width": 1024, "height": 768}, has_touch=True, path=f"/label/{project.pk}")
    expect(page.locator(".item-name")).not_to_be_empty()
    page.wait_for_timeout(300)
    x, y = stage(page)
    wire = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x + dx, "y": y + dy, "id": number} for number, (dx, dy) in enumerate(points)]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    def box(kind: str, *points: tuple[float, float]) -> None:
        touch("touchStart", points[0])
        for point in points[1:]:
            touch("touchMove", point)
        touch("touchEnd")

    box("one", (-200, -200), (-150, -150), (-100, -100))
    regions_listed(page, 1)
    touch("touchStart", (-60, 0), (60, 0))
    for reach in (80, 100, 120):
        touch("touchMove", (-reach, 0), (reach, 0))
    touch("touchEnd")
    regions_listed(page, 1)  # two fingers draw nothing
    box("other", (50, 50), (75, 75), (150, 150))
    regions_listed(page, 2)
    for kind, dx in (("mousePressed", -150), ("mouseMoved", -100), ("mouseReleased", -50)):
        wire.send(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": x + dx, "y": y + 200 + dx, "button": "left", "buttons": 1, "pointerType": "pen"},
        )
    regions_listed(page, 3)
    first, second, third = submitted(page, stack)["regions"]
    assert second["w"] == pytest.approx(first["w"] / 2, rel=0.1)  # the same drag after zooming to twice the size
    assert third["w"] == pytest.approx(second["w"], rel=0.1)


def test_unfinished_work_reaches_the_server_while_the_person_goes_on_without_a_pause(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=1, kind="boxes", side=96)
    page = open_project(sign_in, stack, project)
    for _ in range(40):
        page.keyboard.press("a")
        page.wait_for_timeout(60)
        if Draft.objects.exists():
            break
    assert len(Draft.objects.get().value["regions"]) < 40


def test_a_gesture_just_before_the_item_is_put_off_is_there_when_it_comes_back(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=2, kind="boxes", side=96))
    page.evaluate("""() => {
        for (const key of ["a", "n", "n"]) window.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
    }""")
    regions_listed(page, 1)


def test_who_is_signed_out_while_labeling_loses_nothing_and_is_told_how_to_go_on(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=3))
    sessions = list(MemberSession.objects.all())
    MemberSession.objects.all().delete()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(".save")).to_contain_text("Signed out: 1 kept in this browser")
    expect(page.get_by_role("link", name="Sign in again in another window", exact=True)).to_be_visible()
    MemberSession.objects.bulk_create(sessions)  # as signing in again does
    stack.wait(Annotation.objects.exists, 12, "answer")
    expect(page.locator(".save")).to_contain_text("Saved")


def test_a_tool_and_a_label_take_each_other_along_so_that_no_wrong_pair_is_drawn(sign_in, stack, shapes):
    stack.web()
    page = open_project(sign_in, stack, shapes)
    x, y = stage(page)
    pressed = page.locator(".chips [aria-pressed=true] .chip-name")
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Polygon", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("x")
    expect(pressed).to_have_text("One box")
    page.mouse.move(x - 280, y - 280)
    page.mouse.down()
    page.mouse.move(x - 180, y - 200, steps=3)
    page.mouse.up()
    page.keyboard.press("2")  # the box was let go: its label stays
    expect(page.get_by_role("button", name=re.compile("^1. One box"))).to_have_attribute("aria-pressed", "false")
    value = submitted(page, stack)
    assert [(one["shape"], one["label"]) for one in value["regions"]] == [("box", "one-box")]


def test_clicks_inside_choose_and_what_is_chosen_is_deleted_together_or_from_its_row(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=1, kind="boxes", side=96))
    x, y = stage(page)
    chosen = page.locator(".regions .row[aria-pressed=true]")
    for left, top, side in ((-200, -200, 300), (-160, -160, 60), (150, 150, 60)):  # one within the first, one beside
        page.mouse.move(x + left, y + top)
        page.mouse.down()
        page.mouse.move(x + left + side, y + top + side, steps=3)
        page.mouse.up()
    regions_listed(page, 3)
    expect(chosen).to_have_count(0)
    page.keyboard.press("v")
    page.mouse.click(x - 130, y - 130)
    expect(chosen).to_have_text(re.compile(r"^2\. "))
    page.mouse.click(x - 130, y - 130)
    expect(chosen).to_have_text(re.compile(r"^1\. "))
    page.keyboard.down("Shift")
    page.mouse.click(x + 180, y + 180)
    page.keyboard.up("Shift")
    expect(chosen).to_have_count(2)
    page.keyboard.press("2")
    expect(page.locator(".regions .row", has_text=re.compile("Pear"))).to_have_count(2)
    page.get_by_role("button", name="Delete region 2", exact=True).click()
    regions_listed(page, 2)
    page.mouse.move(x - 260, y - 260)
    page.mouse.down()
    page.mouse.move(x + 260, y + 260, steps=4)
    page.mouse.up()
    expect(chosen).to_have_count(2)
    page.keyboard.press("Delete")
    regions_listed(page, 0)
    page.keyboard.press("Control+z")
    regions_listed(page, 2)
    page.get_by_role("button", name=re.compile("^1. ")).click()
    page.keyboard.press("Enter")  # the row keeps no key for itself
    stack.wait(Annotation.objects.exists, 8, "answer")


def test_undo_while_drawing_takes_the_last_point_back(sign_in, stack, shapes):
    stack.web()
    page = open_project(sign_in, stack, shapes)
    x, y = stage(page)
    page.keyboard.press("2")
    for dx, dy in ((0, -280), (100, -280), (100, -180), (0, -180)):
        page.mouse.click(x + dx, y + dy)
    page.keyboard.press("Control+z")
    page.keyboard.press("Enter")
    assert len(submitted(page, stack)["regions"][0]["points"]) == 3


def test_an_empty_submit_is_asked_about_and_a_skip_is_taken_back(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=2, kind="boxes", side=96)
    page = open_project(sign_in, stack, project)
    name = page.locator(".item-name").inner_text()
    page.keyboard.press("s")
    page.keyboard.press("1")
    stack.wait(lambda: Task.objects.filter(state="skipped").exists(), 8, "skip")
    expect(page.locator(".item-name")).not_to_have_text(name)
    page.keyboard.press("b")
    expect_status(page, "The skip was undone. The task is yours again.")
    expect(page.locator(".item-name")).to_have_text(name)
    assert not Task.objects.filter(state="skipped").exists()
    page.keyboard.press("Enter")
    expect_status(page, "Nothing is annotated here. Press Enter again to submit it empty.")
    assert not Annotation.objects.exists()
    assert submitted(page, stack) == {"regions": []}


def test_a_rejected_submission_opens_its_item_with_the_region_marked(sign_in, stack, make_project):
    stack.web()
    project = make_project(items=2, kind="boxes", side=96)
    page = open_project(sign_in, stack, project)
    name = page.locator(".item-name").inner_text()
    page.keyboard.press("a")
    page.keyboard.press("a")
    labels = project.schemas.get().labels
    project.schemas.update(labels=[one for one in labels if one["id"] != "apple"])  # changed behind this screen
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Submission rejected")
    alert.get_by_role("button", name="Open item", exact=True).click()
    expect(page.locator(".item-name")).to_have_text(name)
    expect(page.locator(".regions .marked-row")).to_have_count(1)
    page.keyboard.press("Control+a")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    stack.wait(Annotation.objects.exists, 8, "answer")
    assert {one["label"] for one in Annotation.objects.get().value["regions"]} == {"pear"}
    expect(alert).to_be_hidden()


def test_a_relations_key_begins_the_arrow_and_relabels_nothing(sign_in, stack, people, make_project):
    stack.web()
    labels = [
        {"id": "who", "name": "Person", "color": "#b91c1c", "key": "1", "shape": "span", "skeleton": None},
        {"id": "in", "name": "lives in", "color": "#2457d6", "key": "2", "shape": "relation", "skeleton": None},
    ]
    project = make_project(items=0, kind="spans")
    project.schemas.update(labels=labels)
    path = f"/api/v1/projects/{project.pk}/tasks/import/"
    body = '{"text": "Ann meets Bob."}'
    people.client("manager").post(path, body, content_type="application/x-ndjson")
    page = open_project(sign_in, stack, project)
    text = page.get_by_role("textbox", name="Text to label", exact=True)
    text.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    regions_listed(page, 2)
    page.keyboard.press("2")
    page.locator(".piece", has_text=re.compile("Ann")).first.dispatch_event("mousedown")
    regions_listed(page, 3)
    text.evaluate("node => node.blur()")
    value = submitted(page, stack)
    assert [one["label"] for one in value["spans"]] == ["who", "who"]
    assert [one["label"] for one in value["relations"]] == ["in"]


def test_of_500_labels_one_is_found_by_its_name_and_the_page_stays_on_the_screen(sign_in, stack, make_project):
    from annotation.projects.models import LabelSchema

    stack.web()
    project = make_project(items=1, kind="boxes", side=96)
    labels = [
        {"id": f"l{n}", "name": f"Thing {n}", "color": "#2457d6", "key": "", "shape": "", "skeleton": None}
        for n in range(500)
    ]
    LabelSchema.objects.filter(project=project).update(labels=labels)
    page = open_project(sign_in, stack, project)
    page.keyboard.press("/")
    page.keyboard.type("thing 437")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Recent", exact=True).get_by_role("button")).to_have_text(re.compile("437"))
    page.keyboard.press("a")
    regions_listed(page, 1)
    for region in (page.locator(".label-list"), page.locator(".regions"), page.locator(".bench-actions")):
        box = region.bounding_box()
        assert box["y"] + box["height"] <= 800
    colors = page.locator(".label-list .chip").evaluate_all(
        "chips => new Set(chips.map(one => one.style.getPropertyValue('--chip'))).size"
    )
    assert colors == 500
    assert submitted(page, stack)["regions"][0]["label"] == "l437"


def test_a_class_is_submitted_by_its_key_alone_where_the_person_wants_it(sign_in, stack, make_project):
    stack.web()
    page = open_project(sign_in, stack, make_project(items=2))
    page.keyboard.press("Shift+V")
    page.get_by_role("checkbox", name="Submit as soon as a label is picked", exact=True).check()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    stack.wait(lambda: Annotation.objects.count() == 1, 8, "answer")
    page.reload()
    expect(page.locator(".item-name")).not_to_be_empty()
    page.keyboard.press("1")
    stack.wait(lambda: Annotation.objects.count() == 2, 8, "answer")
    expect(page.get_by_text("All done: no tasks left for you in this project.", exact=True)).to_be_visible()
    assert [one.value["label"] for one in Annotation.objects.order_by("pk")] == ["pear", "apple"]


def test_regions_are_merged_and_split_and_a_polygon_becomes_a_mask(sign_in, stack, make_project):
    from annotation.projects.models import LabelSchema

    stack.web()
    project = make_project(items=1, kind="mixed", side=96)
    label = {"id": "thing", "name": "Thing", "color": "#2457d6", "key": "", "shape": "", "skeleton": None}
    LabelSchema.objects.filter(project=project).update(labels=[label])
    page = open_project(sign_in, stack, project)
    x, y = stage(page)
    page.keyboard.press("x")
    for left in (-200, -150):
        page.mouse.move(x + left, y - 250 - left / 4)  # the second one begins within the first
        page.mouse.down()
        page.mouse.move(x + left + 100, y - 150 - left / 4, steps=3)
        page.mouse.up()
        page.keyboard.press("Escape")
    regions_listed(page, 2)
    page.keyboard.press("Control+a")
    page.keyboard.press("Shift+M")
    regions_listed(page, 1)
    page.keyboard.press("u")
    page.wait_for_timeout(300)
    page.mouse.move(x - 125, y - 250)
    page.mouse.down()
    page.mouse.move(x - 125, y - 50, steps=3)
    page.mouse.up()
    regions_listed(page, 2)
    page.keyboard.press("v")
    page.mouse.click(x - 180, y - 150)
    page.keyboard.press("Shift+C")
    expect(page.locator(".regions .row", has_text=re.compile("px"))).to_have_count(1)
    value = submitted(page, stack)
    assert sorted(one["shape"] for one in value["regions"]) == ["mask", "polygon"]


def test_work_that_came_back_says_why_and_comes_first(sign_in, stack, people, make_project):
    import uuid

    from annotation.labeling import queue
    from annotation.quality.review import submit_review

    stack.web()
    project = make_project(items=6, kind="boxes", side=96)
    project.review_fraction = 1.0
    project.save()
    actor = people.actor("annotator")
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]
    box = {"id": "here", "label": "apple", "x": 10, "y": 10, "w": 30, "h": 30}
    made = queue.submit_annotation(actor=actor, task_id=task["id"], value={"regions": [box]}, client_id=uuid.uuid4())
    queue.lease_next_tasks(actor=actor, project_id=project.pk, count=3)  # held when the task comes back
    submit_review(
        actor=people.actor("reviewer"),
        task_id=task["id"],
        annotation_id=made.id,
        verdict="rejected",
        client_id=uuid.uuid4(),
        reason="Too wide",
        region="here",
    )
    page = open_project(sign_in, stack, project)
    expect(page.locator(".item-name")).to_have_text(task["item"]["name"])
    banner = page.get_by_role("status").filter(has_text=re.compile("Returned for correction"))
    expect(banner).to_contain_text("Too wide")
    expect(page.locator(".regions .marked-row")).to_have_count(1)
    banner.get_by_role("button", name="Show region", exact=True).click()
    expect(page.locator(".regions .row[aria-pressed=true]")).to_contain_text("Apple")


def test_who_is_done_is_told_that_others_are_still_at_work(sign_in, stack, people, make_project):
    from annotation.labeling import queue

    stack.web()
    project = make_project(items=1)
    queue.lease_next_tasks(actor=people.actor("manager"), project_id=project.pk)
    page = sign_in("annotator", path=f"/label/{project.pk}")
    expect(page.get_by_text("1 task is in progress by someone else.", exact=True)).to_be_visible()
    assert page.title() == f"Label · {project.name} · Plateau"
