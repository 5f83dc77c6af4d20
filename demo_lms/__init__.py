"""A small practice LMS: an LTI 1.3 platform for demonstration, development and tests of Quoin."""
