"""The blocks of Quoin for Open edX; the package is empty until the first block lands."""
