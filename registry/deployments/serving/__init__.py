"""The process group that answers: it alone opens models for live traffic."""
