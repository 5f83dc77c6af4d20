"""Tests of the back ends: each decides as the built-in search does."""
