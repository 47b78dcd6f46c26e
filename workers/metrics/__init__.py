"""What answers to sealed items show, for every kind of labeling. No Django, no torch."""

from workers.metrics.report import Report, report_on

__all__ = ["Report", "report_on"]
