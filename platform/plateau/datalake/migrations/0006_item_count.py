"""The database counts the items of each dataset, whichever way they come and go."""

from django.db import migrations

_COUNT = """
CREATE FUNCTION datalake_count_fresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE datalake_dataset d SET item_count = d.item_count + x.n
    FROM (SELECT dataset_id, count(*) AS n FROM fresh GROUP BY dataset_id) x WHERE d.id = x.dataset_id;
    RETURN NULL;
END $$;
CREATE FUNCTION datalake_count_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE datalake_dataset d SET item_count = d.item_count - x.n
    FROM (SELECT dataset_id, count(*) AS n FROM gone GROUP BY dataset_id) x WHERE d.id = x.dataset_id;
    RETURN NULL;
END $$;
CREATE TRIGGER item_counted AFTER INSERT ON datalake_item REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION datalake_count_fresh();
CREATE TRIGGER item_uncounted AFTER DELETE ON datalake_item REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION datalake_count_gone();
UPDATE datalake_dataset d SET item_count = (SELECT count(*) FROM datalake_item i WHERE i.dataset_id = d.id);
"""
_BACK = """
DROP TRIGGER item_counted ON datalake_item;
DROP TRIGGER item_uncounted ON datalake_item;
DROP FUNCTION datalake_count_fresh();
DROP FUNCTION datalake_count_gone();
"""


class Migration(migrations.Migration):
    """Triggers, and the first count: no item comes in between, since making a trigger holds the table's writers."""

    dependencies = [("datalake", "0005_erasure")]  # Django's own form

    operations = [migrations.RunSQL(_COUNT, _BACK)]  # Django's own form
