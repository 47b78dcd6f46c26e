"""The serving process group: the only one that loads models for live traffic."""
