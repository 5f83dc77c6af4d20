"""From a checked launch to an open session in a course."""
