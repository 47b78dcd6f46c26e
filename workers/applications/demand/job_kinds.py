"""Jobs on service areas."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class ReportPayload:
    """Backtest every model, and train the network."""

    area_id: int
    report_id: int


@dataclass(frozen=True)
class RefreshPayload:
    """Forecast the next time bin."""

    area_id: int


_SUBJECT = {"area": "payload__area_id"}
REPORT = JobKind("demand-report", ReportPayload, queue="cpu", subject=_SUBJECT, title="Demand report")
REFRESH = JobKind("demand-refresh", RefreshPayload, queue="cpu", subject=_SUBJECT, title="Demand forecast")
