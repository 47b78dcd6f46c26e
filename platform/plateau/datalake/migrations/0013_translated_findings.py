from django.db import migrations

import plateau.texts.fields


class Migration(migrations.Migration):
    dependencies = [
        ("datalake", "0012_jobs_of_datasets"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ingestfinding",
            name="message",
            field=plateau.texts.fields.MessageField(),
        ),
        migrations.AlterField(
            model_name="ingestfinding",
            name="name",
            field=plateau.texts.fields.MessageField(),
        ),
    ]
