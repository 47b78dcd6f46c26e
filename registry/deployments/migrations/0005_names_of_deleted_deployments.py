from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built beside the running system, without a lock

    dependencies = [
        ("deployments", "0004_deleted_deployments"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS live_deployment_name_once "
                    "ON deployments_deployment (organization_id, name) WHERE deleted_at IS NULL",
                    "DROP INDEX CONCURRENTLY IF EXISTS live_deployment_name_once",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="deployment",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("deleted_at", None)),
                        fields=("organization", "name"),
                        name="live_deployment_name_once",
                    ),
                )
            ],
        ),
        migrations.RemoveConstraint(model_name="deployment", name="deployment_name_once"),
    ]
