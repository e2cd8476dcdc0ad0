"""The pure heart: what targets, cases, verdicts and comparisons are; no I/O, clock, JSON or asyncio."""
