from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built beside the running system, without a lock

    dependencies = [("audit", "0004_append_only")]
    operations = [
        AddIndexConcurrently(
            "auditevent", models.Index(fields=["organization", "action", "-id"], name="audit_by_action")
        ),
        AddIndexConcurrently("auditevent", models.Index(fields=["organization", "user", "-id"], name="audit_by_user")),
    ]
