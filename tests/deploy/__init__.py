"""The ways in which the tool is installed and upgraded."""
