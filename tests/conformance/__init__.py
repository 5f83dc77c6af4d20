"""Tests that carry the titles of certification lists."""
