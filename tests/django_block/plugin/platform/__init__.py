"""The platform's own names, for what no package brings."""
