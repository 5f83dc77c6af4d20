"""Recognising prior learning: from a credential handed in to its counting in a stack."""
