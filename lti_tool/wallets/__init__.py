"""What one person holds: the steps that pages, files and public pages of a wallet share."""
