"""What the plugin adds to the settings of the LMS."""
