"""Secrets are sealed where they lie, as those of second factors are; on the way back they are opened."""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from plateau.secrets.encryption import decrypt, encrypt


def _each(change: Callable[[str], str], before: Callable[[str], bool]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        for row in apps.get_model("webhooks", "Webhook").objects.all():
            if before(row.secret):
                row.secret = change(row.secret)
                row.save(update_fields=["secret"])

    return run


def _plain(secret: str) -> bool:
    return secret.startswith("whsec_")


class Migration(migrations.Migration):
    """Room first, then what goes in; back in the other order."""

    dependencies = [("webhooks", "0001_initial")]  # Django's own form

    operations = [  # Django's own form
        migrations.AlterField("webhook", "secret", models.CharField(max_length=300)),
        migrations.RunPython(_each(encrypt, _plain), _each(decrypt, lambda secret: not _plain(secret))),
    ]
