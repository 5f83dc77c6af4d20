"""Promises of the README, kept in a real browser."""
