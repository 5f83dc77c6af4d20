"""One file per revision; the file name is the revision."""
