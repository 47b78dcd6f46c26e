"""Sets Plateau up on a bare machine and runs it: standard library only."""
