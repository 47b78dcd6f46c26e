"""Django's sessions in the database, with whose they are in columns: named by `SESSION_ENGINE`."""

from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from plateau.identity.models import MemberSession

# An organization's own provider answers for its factors.
SECOND_FACTORS = ("mfa", "socialaccount")


class SessionStore(DatabaseStore):
    """See Django's documentation, “Extending database-backed session engines”."""

    @classmethod
    def get_model_class(cls) -> type[MemberSession]:
        """Where they are kept."""
        return MemberSession

    def create_model_instance(self, data: dict[str, Any]) -> MemberSession:
        """A row with its columns filled from the session's data."""
        row = super().create_model_instance(data)
        assert isinstance(row, MemberSession)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.auth_hash = data.get(HASH_SESSION_KEY, "")
        proofs = data.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
        row.second_factor = any(proof.get("method") in SECOND_FACTORS for proof in proofs)
        row.ip_address, row.user_agent = data.get("address", ""), data.get("agent", "")
        if "since" in data:
            row.created_at = datetime.fromisoformat(data["since"])
        return row
