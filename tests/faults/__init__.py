"""Faults on purpose: afterwards the database equals a replay of what was acknowledged."""
