"""Imports and erasures that there are name their datasets."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("datalake", "0011_deleted_datasets"), ("jobs", "0009_job_of_dataset")]

    operations = [
        migrations.RunSQL(
            """
UPDATE jobs_job SET dataset_id = b.dataset_id FROM datalake_ingestbatch b
WHERE jobs_job.kind = 'ingest' AND b.id = (jobs_job.payload ->> 'batch_id')::bigint;
UPDATE jobs_job SET dataset_id = e.dataset_id FROM datalake_erasure e
WHERE jobs_job.kind = 'erase' AND e.id = (jobs_job.payload ->> 'erasure_id')::bigint;
""",
            migrations.RunSQL.noop,
        ),
    ]
