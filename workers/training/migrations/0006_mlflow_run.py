"""The MLflow run that a training logs to while it goes on; of those that ended before, the one of their model."""

from django.db import migrations, models

FILL = """
UPDATE training_trainingrun run SET mlflow_run_id = version.mlflow_run_id
FROM model_versions_modelversion version
WHERE version.project_id = run.project_id AND version.params ->> 'run_id' = run.id::text
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0005_result_names"), ("model_versions", "0008_field_names")]

    operations = [
        migrations.AddField(
            model_name="trainingrun",
            name="mlflow_run_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
