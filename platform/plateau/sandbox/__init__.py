"""Other people's models run here: in a process that can read its own files and answer, and nothing else."""
