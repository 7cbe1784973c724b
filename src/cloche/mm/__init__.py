"""Memory of processes: layout and access. The bytes themselves are the guest's (engine/)."""
