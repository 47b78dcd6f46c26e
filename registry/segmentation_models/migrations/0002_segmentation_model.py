"""An assistant is an interactive segmentation model."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segmentation_models", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("assistant", "assistant_name_once"),
        migrations.RenameModel("Assistant", "SegmentationModel"),
        migrations.RenameField("segmentationmodel", "size", "size_bytes"),
        migrations.AddConstraint(
            "segmentationmodel",
            models.UniqueConstraint(fields=["organization", "name"], name="segmentation_model_name_once"),
        ),
    ]
