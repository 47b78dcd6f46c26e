"""The proxy in front of MLflow's own server: allowed routes, authentication, ownership, hooks. No Django app."""
