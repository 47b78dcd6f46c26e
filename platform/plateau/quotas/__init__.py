"""Quotas: how much storage, how many items and how many requests an organization may use."""
