"""Every page of the tool, looked at by axe-core, by its size, by keyboard and by its names."""
