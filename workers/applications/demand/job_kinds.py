"""Jobs on areas of demand."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class ReportOrder:
    """Judge every model and learn."""

    area_id: int
    report_id: int


@dataclass(frozen=True)
class RefreshOrder:
    """Forecast the next slot."""

    area_id: int


_SUBJECT = {"area": "payload__area_id"}
REPORT = JobKind("demand-report", ReportOrder, queue="cpu", subject=_SUBJECT)
REFRESH = JobKind("demand-refresh", RefreshOrder, queue="cpu", subject=_SUBJECT)
