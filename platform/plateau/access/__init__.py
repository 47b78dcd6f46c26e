"""Who may see and do what: scopes, views that ask for them, and querysets of what is visible."""
