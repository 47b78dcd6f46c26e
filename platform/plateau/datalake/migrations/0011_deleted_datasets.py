from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datalake", "0010_retention_and_multipart"),
    ]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="deleted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
