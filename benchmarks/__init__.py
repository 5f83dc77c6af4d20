"""Measured claims: one module per benchmark, run by ``quoin bench NAME``."""
