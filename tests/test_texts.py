"""What people read is there in their language: texts of the server, and words of the front end for its codes."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from labelkit.messages import Message
from plateau.identity.models import Role
from plateau.jobs.kinds import JOB_KINDS
from plateau.jobs.models import Job
from plateau.notifications.kinds import NOTIFICATION_KINDS
from plateau.texts import translate
from plateau.texts.catalog import read_catalog
from tools import texts

ROOT = Path(__file__).resolve().parents[1]
FEATURES = ROOT / "frontend" / "src"
JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
# Names of formats, methods and measures, which are the same in every language.
SAME = {"AUROC", "CNN", "COCO", "CSV", "CVAT XML", "CoNLL 2003", "JSON Lines", "Label Studio JSON", "LightGBM"}
SAME |= {
    "mAP (IoU 0.50–0.95)",
    "Pascal VOC",
    "YOLO",
    "spaCy JSON Lines",
    "AP at IoU 0.50",
    "AP at IoU 0.75",
    "{error}.",
    "p (Holm)",
}


@pytest.fixture(scope="module")
def japanese() -> dict[str, str]:
    return read_catalog("ja")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_japanese(japanese):
    missing = {text: place for text, place in texts.all_texts().items() if text not in japanese}
    assert not missing, "python tools/texts.py, then fill platform/plateau/texts/ja.po"


def test_parameters_of_texts_have_names():
    numbered = re.compile(r"value$|.*_\d+$")
    assert [text for text in texts.all_texts() if any(map(numbered.match, fields(text)))] == []


def test_japanese_is_japanese(japanese):
    assert [text for text, translated in japanese.items() if not JAPANESE.search(translated) and text not in SAME] == []


def test_the_catalog_has_nothing_that_nobody_says(japanese):
    assert sorted(set(japanese) - set(texts.all_texts())) == []


def test_values_are_not_put_into_texts():
    assert texts.interpolated() == [], "use labelkit.messages.Message"


def test_translations_have_the_values_of_their_texts(japanese):
    templates = {text: translated for text, translated in japanese.items() if "{" in text and "}" in text}
    assert [text for text, translated in templates.items() if not fields(translated) <= fields(text)] == []


def audit_actions() -> Iterator[str]:
    for tree in texts.sources().values():
        for node in texts.ast.walk(tree):
            if isinstance(node, texts.ast.keyword) and node.arg == "action":
                value = node.value
                if isinstance(value, texts.ast.Constant) and re.fullmatch(r"[a-z_]+\.[a-z_]+", str(value.value)):
                    yield str(value.value)


@pytest.mark.parametrize(
    ("file", "codes"),
    [
        ("words/jobs.ts", lambda: JOB_KINDS),
        ("words/events.ts", lambda: set(audit_actions())),
        ("shared/ui/event-kinds.ts", lambda: NOTIFICATION_KINDS),
        ("features/members/roles.ts", lambda: Role.objects.filter(organization=None).values_list("key", flat=True)),
    ],
)
@pytest.mark.django_db
def test_codes_have_words_in_the_front_end(file, codes):
    words = (FEATURES / file).read_text()
    assert [code for code in codes() if not re.search(rf'(\b{re.escape(code)}: |"{re.escape(code)}")', words)] == []


def test_jobs_are_called_alike_in_e_mails_and_on_the_screens():
    words = dict(re.findall(r'"?([\w-]+)"?: i18n\._\("([^"]+)"\)', (FEATURES / "words" / "jobs.ts").read_text()))
    assert {key: entry.kind.title for key, entry in JOB_KINDS.items()} == words


def test_a_refusal_is_in_the_language_of_the_request(people):
    client = people.client("admin")
    answer = client.get("/api/v1/projects/999999/", headers={"accept-language": "ja"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert JAPANESE.search(answer.json()["detail"])
    assert (answer["Content-Language"], "Accept-Language" in answer["Vary"]) == ("ja", True)
    assert client.get("/api/v1/projects/999999/").json()["title"] == "Not found"


def test_errors_of_fields_are_translated(people):
    body = {"name": "", "note": 3}
    answer = people.client("admin").post(
        "/api/v1/datasets/", body, content_type="application/json", headers={"accept-language": "ja"}
    )
    assert {error["field"] for error in answer.json()["errors"]} >= {"name"}
    assert all(JAPANESE.search(error["message"]) for error in answer.json()["errors"])


def test_recipes_are_translated(people):
    rows = people.client("admin").get("/api/v1/recipes/", headers={"accept-language": "ja"}).json()["results"]
    assert all(JAPANESE.search(param["title"]) for row in rows for param in row["params"] if "mixup" not in row["key"])


def test_a_stored_message_is_translated_when_it_is_read(people):
    kept = Message("There is a job of {count} things: {reason}", count=3, reason=Message("paused"))
    job = Job.objects.create(organization=people.organizations["ours"], kind="train", queue="cpu", error=kept)
    error = Job.objects.get(pk=job.pk).error
    assert error == "There is a job of 3 things: paused"
    with translation.override("ja"):
        assert translate(error) == "There is a job of 3 things: 一時停止中"


def test_a_text_that_looks_like_a_stored_message_is_none(people):
    hostile = '{"template": "{x.__class__}", "parameters": {"x": "a"}}'
    job = Job.objects.create(organization=people.organizations["ours"], kind="train", queue="cpu", error=hostile)
    assert translate(Job.objects.get(pk=job.pk).error) == hostile


def test_both_languages_are_those_of_the_settings():
    assert [code for code, _ in settings.LANGUAGES] == ["en", "ja"]
