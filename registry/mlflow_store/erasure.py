"""When a person is erased: MLflow names who made a run or a model by address, and does so no more."""

from django.db import connection

ERASED = "erased"
# Each takes the new name and the address.
_STATEMENTS = (
    "UPDATE mlflow.runs SET user_id = %s WHERE user_id = %s",
    "UPDATE mlflow.model_versions SET user_id = %s WHERE user_id = %s",
    "UPDATE mlflow.tags SET value = %s WHERE key = 'mlflow.user' AND value = %s",
    "UPDATE mlflow.logged_model_tags SET tag_value = %s WHERE tag_key = 'mlflow.user' AND tag_value = %s",
    "UPDATE mlflow.experiment_tags SET value = %s WHERE key = 'mlflow.user' AND value = %s",
    "UPDATE mlflow.model_version_tags SET value = %s WHERE key = 'mlflow.user' AND value = %s",
    "UPDATE mlflow.registered_model_tags SET value = %s WHERE key = 'mlflow.user' AND value = %s",
)


def erase_person(email: str) -> None:
    """Take an address out of every row that names who made it; in the transaction of the caller.

    MLflow has no call that changes who made a run, so its tables are written here: its code never reads these columns
    but to show them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('mlflow.runs')")
        if cursor.fetchone()[0] is None:
            return
        for statement in _STATEMENTS:
            cursor.execute(statement, [ERASED, email])
