"""Many completions at once: what is new among them, and what follows; tables that people upload."""
