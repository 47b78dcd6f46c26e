"""Files: where they are kept, and the addresses by which browsers reach them."""
