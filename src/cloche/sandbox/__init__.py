"""The composition root: a policy, a machine, streams and sinks, as the one object a user holds."""
