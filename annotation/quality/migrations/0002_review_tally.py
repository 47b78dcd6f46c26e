"""What reviewers said of each author's answers, counted by the database, whichever way reviews come and go."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A task counts for the author of its first review: the one with the lowest number.
_COUNT = """
CREATE FUNCTION quality_count_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO quality_reviewtally AS t
        (project_id, author_id, reviews, accepted, tasks, first_pass, first_round, first_round_accepted)
    SELECT f.project_id, f.author_id, count(*), count(*) FILTER (WHERE verdict = 'accepted'),
        count(*) FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM quality_review e WHERE e.task_id = f.task_id AND e.id < f.id)),
        count(*) FILTER (WHERE first_pass), count(*) FILTER (WHERE round = 1),
        count(*) FILTER (WHERE round = 1 AND verdict = 'accepted')
    FROM fresh f GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (project_id, author_id) DO UPDATE SET
        reviews = t.reviews + excluded.reviews, accepted = t.accepted + excluded.accepted,
        tasks = t.tasks + excluded.tasks, first_pass = t.first_pass + excluded.first_pass,
        first_round = t.first_round + excluded.first_round,
        first_round_accepted = t.first_round_accepted + excluded.first_round_accepted;
    RETURN NULL;
END $$;
CREATE FUNCTION quality_uncount_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
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
            count(*) FILTER (WHERE first_pass) AS first_pass, count(*) FILTER (WHERE round = 1) AS first_round,
            count(*) FILTER (WHERE round = 1 AND verdict = 'accepted') AS first_round_accepted
        FROM gone g GROUP BY 1, 2
    ) x WHERE t.project_id = x.project_id AND t.author_id IS NOT DISTINCT FROM x.author_id;
    RETURN NULL;
END $$;
CREATE TRIGGER review_counted AFTER INSERT ON quality_review REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION quality_count_reviews();
CREATE TRIGGER review_uncounted AFTER DELETE ON quality_review REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION quality_uncount_reviews();
INSERT INTO quality_reviewtally
    (project_id, author_id, reviews, accepted, tasks, first_pass, first_round, first_round_accepted)
SELECT project_id, author_id, count(*), count(*) FILTER (WHERE verdict = 'accepted'),
    count(*) FILTER (WHERE first), count(*) FILTER (WHERE first_pass), count(*) FILTER (WHERE round = 1),
    count(*) FILTER (WHERE round = 1 AND verdict = 'accepted')
FROM (SELECT *, row_number() OVER (PARTITION BY task_id ORDER BY id) = 1 AS first FROM quality_review) r GROUP BY 1, 2;
"""
_BACK = """
DROP TRIGGER review_counted ON quality_review;
DROP TRIGGER review_uncounted ON quality_review;
DROP FUNCTION quality_count_reviews();
DROP FUNCTION quality_uncount_reviews();
"""


class Migration(migrations.Migration):
    """The counts, triggers, and the first count: no review comes in between, since making a trigger holds writers."""

    dependencies = [  # Django's own form
        ("projects", "0002_teams_and_queue_rules"),
        ("quality", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [  # Django's own form
        migrations.CreateModel(
            name="ReviewTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reviews", models.IntegerField(db_default=0)),
                ("accepted", models.IntegerField(db_default=0)),
                ("tasks", models.IntegerField(db_default=0)),
                ("first_pass", models.IntegerField(db_default=0)),
                ("first_round", models.IntegerField(db_default=0)),
                ("first_round_accepted", models.IntegerField(db_default=0)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "author"), name="one_review_tally", nulls_distinct=False)
                ],
            },
        ),
        migrations.RunSQL(_COUNT, _BACK),
    ]
