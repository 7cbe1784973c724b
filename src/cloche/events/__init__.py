"""Facts about what happened, with schemas: the evidence. Diagnostics go to `logging` and never mix with these."""
