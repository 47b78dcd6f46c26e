"""What answers to sealed items show, for every kind of labeling. No Django, no torch."""

from workers.measures.report import ANSWERS, PRIMARY, Report, report_on

__all__ = ["ANSWERS", "PRIMARY", "Report", "report_on"]
