"""Keeps the tests that run inside Django out of every other process: its settings are one for each.

``test_in_django.py`` runs them, each file in a process of its own.
"""

from __future__ import annotations

import os

INSIDE = "QUOIN_TESTS_INSIDE_DJANGO"
collect_ignore = [] if os.environ.get(INSIDE) == "workbench" else ["inside"]
