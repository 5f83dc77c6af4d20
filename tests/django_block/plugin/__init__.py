"""The LMS plugin inside a small Django site that loads plugins as the LMS does."""
