"""Measuring how much faster a rewrite is; the timed work itself happens in the workers."""
