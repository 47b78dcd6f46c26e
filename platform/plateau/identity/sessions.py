"""Django's sessions in the database, with whose they are in columns: named by `SESSION_ENGINE`."""

from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.cache import cache

from plateau.identity.models import MemberSession

ORGANIZATION_KEY = "organization"  # whose id the session works in
# An organization's own provider answers for its factors.
SECOND_FACTORS = ("mfa", "socialaccount")
ANONYMOUS_SECONDS = 15 * 60  # within which somebody who began to sign in has to end


class SessionStore(DatabaseStore):
    """See Django's documentation, “Extending database-backed session engines”.

    Sessions in which nobody is signed in yet are in the cache, for a while: calls of strangers write no rows.
    """

    def _cache_key(self, session_key: str) -> str:
        return f"anonymous-session-{session_key}"

    def _is_signed_in(self, data: dict[str, Any]) -> bool:
        return SESSION_KEY in data

    def load(self) -> dict[str, Any]:
        """What is in it; nothing where there is no such session."""
        key = self.session_key
        data: dict[str, Any] = super().load()
        if key is None or self.session_key is not None or (text := cache.get(self._cache_key(key))) is None:
            return data
        self._session_key = key  # which the database does not know
        return self.decode(text)

    def exists(self, session_key: str) -> bool:
        """In the database or the cache."""
        return cache.get(self._cache_key(session_key)) is not None or super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        """Where it belongs now: signing in moves it to the database."""
        if self.session_key is None:
            self.create()
            return
        data: dict[str, Any] = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # of Django, untyped
        key = self._cache_key(self.session_key)
        if self._is_signed_in(data):
            was_anonymous = bool(cache.delete(key))
            super().save(must_create=must_create or was_anonymous)
            return
        text = self.encode(data)
        if must_create:
            if not cache.add(key, text, ANONYMOUS_SECONDS):
                raise CreateError
        elif cache.get(key) is None:
            raise UpdateError
        else:
            cache.set(key, text, ANONYMOUS_SECONDS)

    def delete(self, session_key: str | None = None) -> None:
        """From the database and the cache."""
        session_key = session_key or self.session_key
        if session_key is not None:
            cache.delete(self._cache_key(session_key))
        super().delete(session_key)

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
        row.organization_id = data.get(ORGANIZATION_KEY)
        row.is_bound = any(proof.get("method") == "socialaccount" for proof in proofs)
        row.second_factor = any(proof.get("method") in SECOND_FACTORS for proof in proofs)
        row.ip_address, row.user_agent = data.get("address", ""), data.get("agent", "")
        if "since" in data:
            row.created_at = datetime.fromisoformat(data["since"])
        return row
