"""The command line. `cloche run` is parsed without Typer and Rich: see docs/decisions/D-0020."""
