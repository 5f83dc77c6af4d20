"""One test, or more, for each threat of the list in ``threats.py``."""
