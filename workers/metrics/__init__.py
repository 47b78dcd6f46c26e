"""What answers to sealed items show, for every kind of labeling. No Django, no torch."""

from workers.metrics.report import ANSWERS, Report, report_on

__all__ = ["ANSWERS", "Report", "report_on"]
