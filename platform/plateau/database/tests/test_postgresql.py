import pytest
from django.db import connections

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_connection():
    """A connection beside the test's own."""
    wrapper = connections.create_connection("default")
    wrapper.ensure_connection()
    yield wrapper
    wrapper.close()


def test_a_silent_connection_is_usable_without_asking(second_connection, monkeypatch):
    monkeypatch.setattr(second_connection, "cursor", None)  # asking would need one
    assert second_connection.is_usable()


def test_a_connection_that_the_server_ended_is_not_usable(second_connection):
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [second_connection.connection.info.backend_pid])
        assert cursor.fetchone()[0]
    assert not second_connection.is_usable()
