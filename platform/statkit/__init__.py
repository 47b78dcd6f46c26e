"""Statistics: pure numpy and scipy, importable without Django."""
