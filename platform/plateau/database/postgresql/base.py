"""Named by `DATABASES["default"]["ENGINE"]`; Django looks for `DatabaseWrapper` here."""

import re
import select
from collections.abc import Mapping
from typing import Any

import orjson
from django.db.backends.postgresql import base
from psycopg2.extras import register_default_jsonb

_LONG = re.compile(r"\d{19}")  # the shortest integer beyond 64 bits has as many digits


def _with_floats(text: str) -> str:
    """Text of a `jsonb`, for Django to parse, with every large float written as one.

    PostgreSQL writes 1e20 as 100000000000000000000. Python takes that for an integer, and an integer beyond 64 bits is
    one that orjson, NumPy and Arrow cannot take. None was written as an integer: `json_numbers.py` refuses those that
    would lose digits.
    """
    return orjson.dumps(orjson.loads(text)).decode() if _LONG.search(text) else text


class DatabaseWrapper(base.DatabaseWrapper):
    """Between requests a server has nothing to say unless it ends the connection."""

    def get_new_connection(self, conn_params: Mapping[str, object]) -> Any:
        """Django's, with our reading of JSON."""
        connection = super().get_new_connection(conn_params)
        register_default_jsonb(conn_or_curs=connection, loads=_with_floats)
        return connection

    def is_usable(self) -> bool:
        """A silent socket is a live one; one with something to read is asked, as Django asks each time."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        watch = select.poll()
        watch.register(connection.fileno(), select.POLLIN)
        return not watch.poll(0) or bool(super().is_usable())
