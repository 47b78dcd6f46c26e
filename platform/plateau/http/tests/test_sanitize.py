"""Bodies with the character NUL are refused before anything reads them."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("value", ['"a\\u0000b"', '[{"deep": ["\\u0000"]}]', '{"\\u0000": 1}'])
def test_a_body_with_nul_anywhere_is_a_clear_refusal(people, make_project, value):
    """A draft holds any JSON, so that nothing but the parser stands in between."""
    task = make_project(items=1).task_set.first()
    body = f'{{"revision": 1, "value": {{"x": {value}}}}}'
    response = people.client().put(f"/api/v1/tasks/{task.pk}/draft/", body, content_type="application/json")
    assert (response.status_code, "NUL" in response.json()["detail"]) == (400, True)


@pytest.mark.django_db
def test_a_backslash_before_u0000_is_plain_text(people):
    response = people.client().post("/api/v1/teams/", r'{"name": "\\u0000"}', content_type="application/json")
    assert (response.status_code, response.json()["name"]) == (201, r"\u0000")
