"""Columns of sign-in rules and sessions get the names that the field has for them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0011_members_have_roles")]

    operations = [
        migrations.RenameField(model_name="organization", old_name="networks", new_name="ip_allowlist"),
        migrations.RemoveConstraint(model_name="organization", name="token_days_sane"),
        migrations.RenameField(model_name="organization", old_name="longest_token_days", new_name="max_token_days"),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("max_token_days__range", (1, 3650))), name="token_days_sane"
            ),
        ),
        migrations.RenameField(model_name="membersession", old_name="address", new_name="ip_address"),
        migrations.RenameField(model_name="membersession", old_name="agent", new_name="user_agent"),
    ]
