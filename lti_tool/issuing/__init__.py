"""The steps that issuing credentials shares, each a part of the use case that calls it."""
