"""Statements that PostgreSQL parses and plans once for each connection: for the hot path only."""

import re
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.utils import CursorWrapper

_PREPARED: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()
_PARAMETER = re.compile(r"%\((\w+)\)s")


class PreparedStatement:
    """A statement with named parameters and their SQL types.

    Needs a connection that lasts (`CONN_MAX_AGE`), and a pooler in session mode where there is one.
    """

    def __init__(self, name: str, sql: str, types: dict[str, str]) -> None:
        self.name = name
        self.order = list(dict.fromkeys(_PARAMETER.findall(sql)))
        text = _PARAMETER.sub(lambda match: f"${self.order.index(match[1]) + 1}", sql)
        self._prepare = f"PREPARE {name} ({', '.join(types[parameter] for parameter in self.order)}) AS {text}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({parameter})s' for parameter in self.order)})"

    def run(self, cursor: CursorWrapper, values: dict[str, Any]) -> CursorWrapper:
        """Execute with `values`, of which only those that the statement names are sent; returns the cursor."""
        prepared = _PREPARED.get(cursor.connection)
        if prepared is None:
            # Planned once, not at every call: every statement here is a few index look-ups whatever the values.
            cursor.execute("SET plan_cache_mode = force_generic_plan")
            prepared = _PREPARED[cursor.connection] = set()
        arguments = {parameter: values[parameter] for parameter in self.order}
        if self.name not in prepared:
            self._prepare_with_plan(cursor, arguments)
            prepared.add(self.name)
        cursor.execute(self._execute, arguments)
        return cursor

    def _prepare_with_plan(self, cursor: CursorWrapper, arguments: dict[str, Any]) -> None:
        """Prepare, and plan by explaining. A plan made for a small table would read all of it when it has grown."""
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(self._prepare)
        cursor.execute(f"EXPLAIN {self._execute}", arguments)
        cursor.execute("RESET enable_seqscan")
