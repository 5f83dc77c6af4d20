"""Pages (Flask blueprints): they translate between HTTP and use cases and decide nothing."""
