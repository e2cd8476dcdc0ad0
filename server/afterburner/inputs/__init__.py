"""Input sources: where calls of a target come from, read from text and never run here."""
