"""The story of a run, from a target to its suggestions; knows ports, not adapters."""
