"""Secrets: encrypted at rest, and refused where they can be guessed."""
