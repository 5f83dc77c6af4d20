"""The room of evidence sources: how one is asked, and what follows from its answers."""
