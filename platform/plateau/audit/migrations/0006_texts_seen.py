"""Who was shown which text or row; and how much each person was shown, counted by the database."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_COUNT = """
CREATE FUNCTION audit_count_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_seenday AS s (organization_id, user_id, day, pictures, texts)
    SELECT organization_id, user_id, day, count(asset_id), count(item_id) FROM fresh GROUP BY 1, 2, 3
    ON CONFLICT (organization_id, user_id, day) DO UPDATE SET
        pictures = s.pictures + excluded.pictures, texts = s.texts + excluded.texts;
    RETURN NULL;
END $$;
CREATE TRIGGER seen_counted AFTER INSERT ON audit_viewing REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION audit_count_seen();
INSERT INTO audit_seenday (organization_id, user_id, day, pictures)
    SELECT organization_id, user_id, day, count(*) FROM audit_viewing GROUP BY 1, 2, 3;
"""
_BACK = """
DROP TRIGGER seen_counted ON audit_viewing;
DROP FUNCTION audit_count_seen();
DELETE FROM audit_viewing WHERE asset_id IS NULL;
"""


class Migration(migrations.Migration):
    """The columns, the counts, and the first count: no viewing comes in between, since making a trigger holds writers."""

    dependencies = [  # Django's own form
        ("audit", "0005_by_action_and_user"),
        ("identity", "0006_singlesignon_membersession_address_and_more"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [  # Django's own form
        migrations.AlterField("viewing", "asset_id", models.BigIntegerField(null=True)),
        migrations.AddField("viewing", "item_id", models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="SeenDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("pictures", models.IntegerField(db_default=0)),
                ("texts", models.IntegerField(db_default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="identity.organization"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization", "user", "day"), name="one_seen_day")],
            },
        ),
        migrations.RunSQL(_COUNT, _BACK),
    ]
