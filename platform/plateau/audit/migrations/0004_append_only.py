"""Events and seals may only be added; events from before the chain wait for their seals."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
  FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditseal
  FOR EACH ROW EXECUTE FUNCTION audit_append_only();
"""
FREE = """
DROP TRIGGER audit_append_only ON audit_auditevent;
DROP TRIGGER audit_append_only ON audit_auditseal;
DROP FUNCTION audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO audit_auditpending (event_id) SELECT id FROM audit_auditevent", migrations.RunSQL.noop
        ),
        migrations.RunSQL(APPEND_ONLY, FREE),
    ]
