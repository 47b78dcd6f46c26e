"""What we add to Django's PostgreSQL backend."""
