import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_request_without_the_token_of_our_pages_is_answered_with_a_problem():
    body = '{"uid": "a", "token": "b", "password": "eleven violet tables"}'
    response = Client(enforce_csrf_checks=True).post(
        "/api/v1/password-reset/confirm/", body, content_type="application/json"
    )
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert response.json()["code"] == "csrf_failed"
