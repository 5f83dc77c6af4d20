"""Migrations of the tool's database; shipped in the wheel as ``lti_tool.migrations``."""
