"""What one person holds: pages, files, public pages and joined accounts."""
