"""Evidence from elsewhere: each source turns what it reads into plain facts."""
