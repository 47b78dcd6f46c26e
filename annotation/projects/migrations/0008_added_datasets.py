from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datalake", "0011_deleted_datasets"),
        ("projects", "0007_guideline_pictures"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="added_datasets",
            field=models.ManyToManyField(blank=True, related_name="+", to="datalake.dataset"),
        ),
    ]
