"""Evidence sources: adapters, decisions, readings, pages."""
