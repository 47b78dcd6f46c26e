"""The names of roles go: each member refers to one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0010_built_in_roles")]

    operations = [
        migrations.RemoveField(model_name="membership", name="role_key"),
        migrations.RemoveField(model_name="singlesignon", name="joins_as"),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, to="identity.role"),
        ),
    ]
