"""Stacks over a whole cohort, exact and fast: the extra ``cohort`` (NumPy and Arrow)."""
