"""The JSON API, version 1: a door like the pages; it translates and decides nothing."""
