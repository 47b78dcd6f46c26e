"""Columns of projects get the names of the glossary."""

from django.db import migrations

_RENAMED = {
    "seal_key": "split_seed",
    "queue_epoch": "queue_version",
    "overlap_share": "overlap_fraction",
    "max_answers": "max_annotations_per_task",
    "agreement_floor": "min_agreement",
    "review_share": "review_fraction",
    "gold_share": "gold_fraction",
    "practice": "qualification_tasks",
    "skill_floor": "min_gold_accuracy",
    "person_cap": "max_annotations_per_person",
    "everyone": "is_open_to_everyone",
}


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_mixed_geometries")]

    operations = [migrations.RenameField("project", old_name, new_name) for old_name, new_name in _RENAMED.items()]
