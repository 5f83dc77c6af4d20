"""Coverage-guided fuzzing of the rules engine: ``make fuzz``, or as tests for a few seconds."""
