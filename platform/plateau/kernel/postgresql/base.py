"""Named by `DATABASES["default"]["ENGINE"]`; Django looks for `DatabaseWrapper` here."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Between requests a server has nothing to say unless it ends the connection."""

    def is_usable(self) -> bool:
        """A silent socket is a live one; one with something to read is asked, as Django asks each time."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        watch = select.poll()
        watch.register(connection.fileno(), select.POLLIN)
        return not watch.poll(0) or bool(super().is_usable())
