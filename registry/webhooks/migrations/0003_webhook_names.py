"""Names of the field: pending, delivered and failed deliveries, their payload and response. Stored states follow."""

from django.db import migrations, models


def _rename_state(former: str, current: str) -> migrations.RunSQL:
    sql = "UPDATE webhooks_delivery SET state = '{}' WHERE state = '{}'"  # constants from below
    return migrations.RunSQL(sql.format(current, former), sql.format(former, current))


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_sealed_secrets")]

    operations = [
        migrations.RemoveIndex("delivery", "delivery_due"),
        migrations.RenameField("delivery", "body", "payload"),
        migrations.RenameField("delivery", "next_at", "next_attempt_at"),
        migrations.RenameField("delivery", "answer", "response"),
        migrations.AlterField(
            "delivery",
            "state",
            models.CharField(
                choices=[("pending", "Pending"), ("delivered", "Delivered"), ("failed", "Failed")],
                default="pending",
                max_length=9,
            ),
        ),
        _rename_state("waiting", "pending"),
        _rename_state("taken", "delivered"),
        _rename_state("given_up", "failed"),
        migrations.AddIndex(
            "delivery",
            models.Index(fields=["next_attempt_at"], name="delivery_due", condition=models.Q(state="pending")),
        ),
    ]
