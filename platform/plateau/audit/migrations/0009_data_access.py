"""The data access log gets its name: tables, columns and the trigger that counts."""

from django.db import migrations

_COUNT = """
ALTER TRIGGER seen_counted ON audit_dataaccess RENAME TO accesses_counted;
ALTER FUNCTION audit_count_seen() RENAME TO audit_count_accesses;
CREATE OR REPLACE FUNCTION audit_count_accesses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_dailydataaccess AS s (organization_id, user_id, day, asset_count, item_count)
    SELECT organization_id, user_id, day, count(asset_id), count(item_id) FROM fresh GROUP BY 1, 2, 3
    ON CONFLICT (organization_id, user_id, day) DO UPDATE SET
        asset_count = s.asset_count + excluded.asset_count, item_count = s.item_count + excluded.item_count;
    RETURN NULL;
END $$;
"""
_BACK = """
CREATE OR REPLACE FUNCTION audit_count_accesses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_seenday AS s (organization_id, user_id, day, pictures, texts)
    SELECT organization_id, user_id, day, count(asset_id), count(item_id) FROM fresh GROUP BY 1, 2, 3
    ON CONFLICT (organization_id, user_id, day) DO UPDATE SET
        pictures = s.pictures + excluded.pictures, texts = s.texts + excluded.texts;
    RETURN NULL;
END $$;
ALTER FUNCTION audit_count_accesses() RENAME TO audit_count_seen;
ALTER TRIGGER accesses_counted ON audit_dataaccess RENAME TO seen_counted;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_pending_by_trigger")]

    operations = [
        migrations.RenameModel(old_name="Viewing", new_name="DataAccess"),
        migrations.RenameModel(old_name="SeenDay", new_name="DailyDataAccess"),
        migrations.RenameField(model_name="dailydataaccess", old_name="pictures", new_name="asset_count"),
        migrations.RenameField(model_name="dailydataaccess", old_name="texts", new_name="item_count"),
        migrations.RenameIndex(
            model_name="dataaccess",
            old_name="audit_viewi_organiz_afee94_idx",
            new_name="audit_dataa_organiz_675130_idx",
        ),
        migrations.RunSQL(_COUNT, _BACK),
    ]
