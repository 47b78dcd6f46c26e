"""Releases: which one made the database, and the way back to it."""
