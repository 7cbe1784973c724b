"""What is granted. A decision is a pure function of policy and request: nothing here does I/O or reads a clock (file_host.py
reads policy files, and decides nothing)."""
