"""MLflow's own server code and tables, as the registry reads and writes them."""
