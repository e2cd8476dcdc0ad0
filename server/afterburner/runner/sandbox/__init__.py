"""How a worker is confined: one file per tier, and what proves that a tier holds."""
