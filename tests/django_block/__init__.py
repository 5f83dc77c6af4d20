"""Tests that need Django settings of their own; tests/block_plugin runs them in another process."""
