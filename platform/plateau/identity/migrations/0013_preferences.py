"""People keep their preferences with their account; a new account has no language until its first sign-in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0012_sign_in_rules")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="preferences",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
    ]
