"""The door to MLflow's own server: which calls pass, by whose leave, and what follows them. No Django app."""
