"""Numbers that JSON can say: those that can be kept come out again, the others are refused by name."""

import json

import orjson
import pytest
from django.db import connection

from plateau.http import json_numbers
from plateau.http.errors import InvalidInput
from plateau.http.validation import RequestModel, parse

EXACT = [1e20, -1e20, 1e300, 1e19, -9.3e18, 2.0**64, 2**64 - 1, -(2**63)]
REFUSED = ["100000000000000000001", "-9223372036854775809", "1e400", "-1e400", "NaN", "-Infinity", "9" * 5000]


@pytest.mark.parametrize("number", EXACT)
def test_a_number_that_keeps_its_digits_is_taken_however_it_is_written(number):
    assert json_numbers.loads(json.dumps([number]).encode()) == [number]
    assert json_numbers.loads(f"[{int(number)}]".encode()) == [number]


def test_a_large_float_is_taken_as_javascript_writes_it():
    assert json_numbers.loads(b"[123456789012345680000, 100000000000000000000000]") == [123456789012345680000.0, 1e23]


@pytest.mark.parametrize("text", REFUSED)
def test_a_number_that_cannot_be_kept_is_named_with_its_field(text):
    with pytest.raises(json_numbers.UnrepresentableNumber, match=r"^`a\.0\.b`: .*cannot be kept"):
        json_numbers.loads(f'{{"id": "12345678901234567890123", "a": [{{"b": {text}}}]}}'.encode())


@pytest.mark.parametrize("before", ["", "x" * 2_000_000])
def test_digits_in_texts_and_in_fractions_are_no_integers(before):
    texts = ["123456789012345678901", "\\", '"', ',123456789012345678901,"123456789012345678901', '\\"']
    document = {"a": [before, *texts], '"123456789012345678901': [0.1, 1e-5]}
    assert json_numbers.loads(json.dumps(document).encode()) == document
    assert json_numbers.loads(b"[0.1234567890123456789012, 12345678901234567890.5, 1e-0000000000000000000001]")[0] < 0.2
    with pytest.raises(
        json_numbers.UnrepresentableNumber, match="123456789012345678901 is an integer of more than 64 bits"
    ):
        json_numbers.loads(json.dumps([document, 123456789012345678901]).encode())


@pytest.mark.django_db
@pytest.mark.parametrize("number", EXACT)
def test_the_database_gives_a_number_back_as_one_that_can_be_written(number):
    written = {"a": [number], "text": "1" * 30}
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb", [orjson.dumps(written).decode()])
        assert orjson.loads(orjson.dumps(json.loads(cursor.fetchone()[0]))) == written


@pytest.mark.django_db
@pytest.mark.parametrize("text", REFUSED)
def test_a_body_with_such_a_number_is_a_clear_refusal(people, make_project, text):
    """A draft holds any JSON, so that nothing but the parser stands in between."""
    task = make_project(items=1).task_set.first()
    body = f'{{"revision": 1, "value": {{"x": {text}}}}}'
    response = people.client().put(f"/api/v1/tasks/{task.pk}/draft/", body, content_type="application/json")
    assert (response.status_code, "`value.x`: " in response.json()["detail"]) == (400, True), response.content


class _Measure(RequestModel):
    value: float | None = None


@pytest.mark.parametrize("text", ["NaN", "inf", "-Infinity", "1e400"])
def test_a_text_that_says_no_finite_number_is_none(text):
    with pytest.raises(InvalidInput, match=r"^value: .*valid number"):
        parse(_Measure, {"value": text})
