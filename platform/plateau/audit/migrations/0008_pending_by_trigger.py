"""Every event waits for its seal, whichever process wrote it: during an upgrade the version before writes events, too."""

from django.db import migrations

_PENDING = """
CREATE FUNCTION audit_event_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_auditpending (event_id) SELECT id FROM fresh ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER event_waits AFTER INSERT ON audit_auditevent REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_waits();
INSERT INTO audit_auditpending (event_id) SELECT e.id FROM audit_auditevent e
    WHERE NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.event_id = e.id) ON CONFLICT DO NOTHING;
"""
_BACK = """
DROP TRIGGER event_waits ON audit_auditevent;
DROP FUNCTION audit_event_waits();
"""


class Migration(migrations.Migration):
    """The trigger, and what was written since the table was made."""

    dependencies = [("audit", "0007_one_reading_a_day")]  # Django's own form

    operations = [migrations.RunSQL(_PENDING, _BACK)]  # Django's own form
