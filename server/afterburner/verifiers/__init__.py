"""Verifiers: what can be said about a rewrite, by reading it or by comparing what it does."""
