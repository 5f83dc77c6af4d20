"""Stacks that are being written: edits of their text, checks, publication, what it would do."""
