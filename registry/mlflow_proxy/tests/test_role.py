"""MLflow signs in as itself, and Django's side of its tables can only be read."""

import pytest
from django.db import connection
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from registry.mlflow_store.models import ReadOnly, TrackedVersion
from registry.mlflow_store.server import role_name, store_uri

pytestmark = pytest.mark.django_db


def test_mlflow_signs_in_by_a_role_of_its_own_that_reaches_nothing_of_ours(mlflow_tables):
    engine = create_engine(store_uri())
    try:
        with engine.connect() as own:
            assert own.execute(text("SELECT current_user")).scalar() == role_name()
            model_count = own.execute(text("SELECT count(*) FROM registered_models")).scalar()
            with pytest.raises(ProgrammingError, match="permission denied"):
                own.execute(text("SELECT * FROM public.identity_user"))
    finally:
        engine.dispose()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mlflow.registered_models")
        assert cursor.fetchone() == (model_count,)
        cursor.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'mlflow'::regnamespace"
        )
        assert cursor.fetchall() == [(role_name(),)]


def test_mlflows_tables_cannot_be_written_through_our_models(mlflow_tables):
    row = TrackedVersion(workspace="project-1", name="m", version=1, creation_time=0)
    for write in (
        row.save,
        row.delete,
        lambda: TrackedVersion.objects.create(name="m"),
        lambda: TrackedVersion.objects.all().update(name="m"),
        lambda: TrackedVersion.objects.all().delete(),
        lambda: TrackedVersion.objects.bulk_create([row]),
    ):
        with pytest.raises(ReadOnly):
            write()
