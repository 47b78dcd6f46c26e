"""Gold tasks and reviews get the names of the glossary; `fixed` verdicts are `corrected`."""

from django.db import migrations, models


def _functions(first_pass: str) -> str:
    """What counts reviews, as in 0002, with the name of the column that says that a review is a first pass."""
    return f"""
CREATE OR REPLACE FUNCTION quality_count_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO quality_reviewtally AS t
        (project_id, author_id, reviews, accepted, tasks, first_pass, first_round, first_round_accepted)
    SELECT f.project_id, f.author_id, count(*), count(*) FILTER (WHERE verdict = 'accepted'),
        count(*) FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM quality_review e WHERE e.task_id = f.task_id AND e.id < f.id)),
        count(*) FILTER (WHERE f.{first_pass}), count(*) FILTER (WHERE round = 1),
        count(*) FILTER (WHERE round = 1 AND verdict = 'accepted')
    FROM fresh f GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (project_id, author_id) DO UPDATE SET
        reviews = t.reviews + excluded.reviews, accepted = t.accepted + excluded.accepted,
        tasks = t.tasks + excluded.tasks, first_pass = t.first_pass + excluded.first_pass,
        first_round = t.first_round + excluded.first_round,
        first_round_accepted = t.first_round_accepted + excluded.first_round_accepted;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION quality_uncount_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE quality_reviewtally t SET
        reviews = t.reviews - x.reviews, accepted = t.accepted - x.accepted,
        tasks = t.tasks - x.tasks, first_pass = t.first_pass - x.first_pass,
        first_round = t.first_round - x.first_round,
        first_round_accepted = t.first_round_accepted - x.first_round_accepted
    FROM (
        SELECT g.project_id, g.author_id, count(*) AS reviews,
            count(*) FILTER (WHERE verdict = 'accepted') AS accepted,
            count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM quality_review e WHERE e.task_id = g.task_id)
                AND NOT EXISTS (SELECT 1 FROM gone e WHERE e.task_id = g.task_id AND e.id < g.id)) AS tasks,
            count(*) FILTER (WHERE g.{first_pass}) AS first_pass, count(*) FILTER (WHERE round = 1) AS first_round,
            count(*) FILTER (WHERE round = 1 AND verdict = 'accepted') AS first_round_accepted
        FROM gone g GROUP BY 1, 2
    ) x WHERE t.project_id = x.project_id AND t.author_id IS NOT DISTINCT FROM x.author_id;
    RETURN NULL;
END $$;
"""  # noqa: S608  # the names of columns alone


_CONSTRAINTS = [
    ("quality_goldresult", "one_gold_answer", "gold_result_once"),
    ("quality_reviewtally", "one_review_tally", "review_tally_once"),
]


class Migration(migrations.Migration):
    dependencies = [("labeling", "0007_rename_queue_columns"), ("quality", "0002_review_tally")]

    operations = [
        migrations.RenameModel("GoldItem", "GoldTask"),
        migrations.RenameField("goldtask", "practice", "is_qualification"),
        migrations.RenameModel("GoldAnswer", "GoldResult"),
        migrations.RenameField("goldresult", "practice", "is_qualification"),
        migrations.RenameField("goldresult", "score", "similarity"),
        migrations.RenameField("goldresult", "right", "is_correct"),
        migrations.RenameIndex("goldresult", new_name="gold_results_of_person", old_name="gold_of_person"),
        migrations.RenameField("review", "first_pass", "is_first_pass"),
        migrations.RunSQL(_functions("is_first_pass"), _functions("first_pass")),
        migrations.RemoveConstraint("review", "fixed_has_fix"),
        migrations.RenameField("review", "fix", "correction"),
        migrations.AlterField(
            "review",
            "verdict",
            models.CharField(
                choices=[("accepted", "Accepted"), ("corrected", "Corrected"), ("rejected", "Rejected")], max_length=9
            ),
        ),
        migrations.RunSQL(
            "UPDATE quality_review SET verdict = 'corrected' WHERE verdict = 'fixed'",
            "UPDATE quality_review SET verdict = 'fixed' WHERE verdict = 'corrected'",
        ),
        migrations.AddConstraint(
            "review",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verdict", "corrected"), _negated=True), ("correction__isnull", False), _connector="OR"
                ),
                name="corrected_has_correction",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER TABLE {table} RENAME CONSTRAINT {old_name} TO {new_name}",
                    f"ALTER TABLE {table} RENAME CONSTRAINT {new_name} TO {old_name}",
                )
                for table, old_name, new_name in _CONSTRAINTS
            ],
            state_operations=[
                migrations.RemoveConstraint("goldresult", "one_gold_answer"),
                migrations.AddConstraint(
                    "goldresult", models.UniqueConstraint(fields=("task", "user"), name="gold_result_once")
                ),
                migrations.RemoveConstraint("reviewtally", "one_review_tally"),
                migrations.AddConstraint(
                    "reviewtally",
                    models.UniqueConstraint(
                        fields=("project", "author"), name="review_tally_once", nulls_distinct=False
                    ),
                ),
            ],
        ),
    ]
