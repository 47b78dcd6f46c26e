"""Who may see and do what: scopes, and querysets of what is visible."""
