"""Tables of the plugin; they run with the migrations of the LMS."""
