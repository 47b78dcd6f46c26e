"""Names of the field: hourly statistics, batch predictions, reasons and errors. Stored values are renamed, too."""

import django.db.models.deletion
from django.db import migrations, models


def _rename_reason(old: str, new: str) -> migrations.RunSQL:
    sql = "UPDATE deployments_feedback SET reason = '{}' WHERE reason = '{}'"  # constants from below
    return migrations.RunSQL(sql.format(new, old), sql.format(old, new))


def _rename_payload_key(old: str, new: str) -> str:
    """Of jobs that wait or ran: what `BatchPredictionPayload` reads."""
    return f"""
        UPDATE jobs_job SET payload = (payload - '{old}') || jsonb_build_object('{new}', payload -> '{old}')
        WHERE kind = 'predict' AND payload ? '{old}'
    """  # noqa: S608  # constants from below


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0002_feedback_value_alter_feedback_label"),
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.RenameField("deployment", "model", "model_name"),
        migrations.RenameField("deployment", "shadow", "shadow_version"),
        migrations.RenameField("deployment", "threshold", "confidence_threshold"),
        migrations.RenameField("deployment", "sample_share", "sample_fraction"),
        migrations.RenameField("deployment", "running", "is_running"),
        migrations.RenameField("replica", "shadow", "shadow_version"),
        migrations.RenameField("replica", "problem", "error"),
        migrations.RenameField("replica", "seen_at", "heartbeat_at"),
        migrations.RenameModel("Hour", "DeploymentStatsHourly"),
        migrations.RenameField("deploymentstatshourly", "answered", "prediction_count"),
        migrations.RenameField("deploymentstatshourly", "refused", "rejected_count"),
        migrations.RenameField("deploymentstatshourly", "failed", "failed_count"),
        migrations.RenameField("deploymentstatshourly", "milliseconds", "latency_ms_sum"),
        migrations.RenameField("deploymentstatshourly", "confidence", "confidence_histogram"),
        migrations.RenameField("deploymentstatshourly", "brightness", "brightness_histogram"),
        migrations.RenameField("deploymentstatshourly", "contrast", "contrast_histogram"),
        migrations.RenameField("deploymentstatshourly", "labels", "label_counts"),
        migrations.RenameField("deploymentstatshourly", "shadow_answered", "shadow_prediction_count"),
        migrations.RenameField("deploymentstatshourly", "shadow_agreed", "shadow_agreement_count"),
        migrations.AlterField(
            "deploymentstatshourly",
            "deployment",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="hourly_stats", to="deployments.deployment"
            ),
        ),
        migrations.RenameModel("Batch", "BatchPrediction"),
        migrations.RenameField("batchprediction", "hidden_share", "hidden_fraction"),
        migrations.RenameField("batchprediction", "done", "predicted_count"),
        migrations.RenameField("batchprediction", "skipped", "skipped_count"),
        migrations.RenameField("batchprediction", "last_item", "last_item_id"),
        migrations.RenameField("batchprediction", "parts", "part_keys"),
        migrations.RemoveIndex("feedback", "feedback_waiting"),
        migrations.RenameField("feedback", "label", "predicted_label"),
        migrations.RenameField("feedback", "value", "prediction"),
        migrations.RenameField("feedback", "why", "reason"),
        migrations.RenameField("feedback", "problem", "error"),
        migrations.RenameField("feedback", "taken_at", "imported_at"),
        migrations.AddIndex(
            "feedback",
            models.Index(fields=["id"], name="feedback_waiting", condition=models.Q(imported_at__isnull=True)),
        ),
        migrations.AlterField(
            "feedback",
            "reason",
            models.CharField(
                choices=[("low_confidence", "Low Confidence"), ("random_sample", "Random Sample")], max_length=16
            ),
        ),
        _rename_reason("unsure", "low_confidence"),
        _rename_reason("sample", "random_sample"),
        migrations.RunSQL(
            _rename_payload_key("batch_id", "batch_prediction_id"),
            _rename_payload_key("batch_prediction_id", "batch_id"),
        ),
    ]
