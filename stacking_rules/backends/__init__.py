"""What needs more than the standard library: each module is an extra, and handed to the engine."""
