"""Numbers that the database says at the moment of asking; each app adds its own when Django starts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Gauge:
    """A family of numbers: `sql` gives rows of (value of `label`, number) and must be quick at any size."""

    name: str
    description: str
    label: str
    sql: str


GAUGES: list[Gauge] = [
    Gauge(
        "plateau_database_connections",
        "Connections to this database, by state",
        "state",
        "SELECT coalesce(state, 'none'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1",
    ),
    Gauge(
        "plateau_oldest_transaction_seconds",
        "Age of the oldest open transaction",
        "database",
        "SELECT current_database(), extract(epoch FROM coalesce(max(now() - xact_start), '0')) "
        "FROM pg_stat_activity WHERE datname = current_database()",
    ),
]
