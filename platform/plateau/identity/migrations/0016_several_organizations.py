"""People may belong to several organizations: sessions remember which one, and invitations wait for an answer."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0015_token_trees")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="invited_email",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.AddField(
            model_name="membership",
            name="last_sign_in_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="membersession",
            name="organization",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="identity.organization",
            ),
        ),
        migrations.AddField(
            model_name="membersession",
            name="is_bound",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                django.db.models.functions.text.Lower("invited_email"),
                condition=models.Q(("invited_email", ""), _negated=True),
                name="one_invitation_to_an_address",
            ),
        ),
        migrations.RunSQL(
            """
UPDATE identity_membership m SET last_sign_in_at = u.last_login FROM identity_user u WHERE u.id = m.user_id;
UPDATE identity_membersession s SET organization_id = (
    SELECT m.organization_id FROM identity_membership m
    WHERE m.user_id = s.user_id AND m.is_active ORDER BY m.id LIMIT 1);
""",
            migrations.RunSQL.noop,
        ),
    ]
