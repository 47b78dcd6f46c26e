from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0004_project_of_delivery"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="deleted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
