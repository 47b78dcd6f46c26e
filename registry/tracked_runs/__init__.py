"""Runs that were logged to MLflow, by its stock client or by trainings, as our own pages show them."""
