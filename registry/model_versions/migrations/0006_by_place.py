from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # built beside the running system, without a lock

    dependencies = [("model_versions", "0005_file_hashes")]
    operations = [AddIndexConcurrently("modelversion", GinIndex(fields=["places"], name="version_places"))]
