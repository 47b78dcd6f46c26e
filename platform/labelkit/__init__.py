"""What labels are: pure Python and numpy, importable without Django."""
