"""A job on the data itself names its dataset: who does not reach the dataset does not see the job."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0008_queued_at")]

    operations = [
        migrations.AddField(model_name="job", name="dataset_id", field=models.BigIntegerField(null=True)),
    ]
