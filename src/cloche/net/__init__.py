"""Sockets: Unix ones, and TCP and UDP between the processes of one machine. What leaves the machine is elsewhere."""
