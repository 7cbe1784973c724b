"""Small mechanisms without policy: nothing here knows of processes, files or guests."""
