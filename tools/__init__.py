"""Commands for whoever works on Quoin; none of them is installed with it."""
