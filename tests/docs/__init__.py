"""The documentation: what it names exists, and what exists it names."""
