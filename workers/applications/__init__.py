"""Applications: optional verticals on top of the platform, each a Django app that may be left out."""
