"""What `manage.py prepare` and every other command refuses to go on with."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from plateau.secrets.strength import find_open_broker


@register(Tags.security)
def broker_asks_for_a_password(**_: Any) -> list[Error]:
    """Whoever reaches a broker without one can put work into its queues and read what waits there."""
    problem = find_open_broker(settings.REDIS_URL)
    hint = "Set `requirepass` at the server, and REDIS_URL=redis://:PASSWORD@HOST:6379/0 (docs/how-to/deploy.md)."
    return [Error(problem, hint=hint, id="plateau.E001")] if problem else []
