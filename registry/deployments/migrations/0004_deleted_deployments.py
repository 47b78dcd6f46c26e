from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0003_names_of_the_field"),
    ]

    operations = [
        migrations.AddField(
            model_name="deployment",
            name="deleted_at",
            field=models.DateTimeField(null=True),
        ),
    ]
