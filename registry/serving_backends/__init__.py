"""Serving backends: what loads models and predicts with them, for live traffic, batches and checks alike."""
