import pytest
from django.db import connections

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    """A connection beside the test's own."""
    made = connections.create_connection("default")
    made.ensure_connection()
    yield made
    made.close()


def test_a_silent_connection_is_usable_without_asking(other, monkeypatch):
    monkeypatch.setattr(other, "cursor", None)  # asking would need one
    assert other.is_usable()


def test_a_connection_that_the_server_ended_is_not_usable(other):
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])
        assert cursor.fetchone()[0]
    assert not other.is_usable()
