"""Tokens know which token made them, and whether their maker had shown a second factor.

Of tokens that there are nobody knows their makers. Those of people who had a second factor when they made them count as
made with it, and those of closed memberships are revoked: opening these again must revive none.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0014_reach_of_roles"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="children",
                to="identity.apitoken",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="second_factor",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(
            """
UPDATE identity_apitoken t SET second_factor = true FROM identity_membership m
WHERE m.id = t.membership_id AND EXISTS (
    SELECT 1 FROM mfa_authenticator a
    WHERE a.user_id = m.user_id AND a.type IN ('totp', 'webauthn') AND a.created_at <= t.created_at);
UPDATE identity_apitoken t SET revoked_at = now() FROM identity_membership m
WHERE m.id = t.membership_id AND NOT m.is_active AND t.revoked_at IS NULL;
""",
            migrations.RunSQL.noop,
        ),
    ]
