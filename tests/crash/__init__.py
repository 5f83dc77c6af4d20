"""The tool is killed at the worst moments and started again."""
