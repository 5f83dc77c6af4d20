"""The steps that recognising prior learning shares, each a part of the use case that calls it."""
