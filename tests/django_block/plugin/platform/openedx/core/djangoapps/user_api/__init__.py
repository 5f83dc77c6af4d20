"""Stands in for a package of the platform."""
