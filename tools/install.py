"""Prepare .venv: ``python3 tools/install.py demo|dev``. Needs nothing but Python 3.11 or newer.

demo  what ``make demo`` runs: the tool, the practice LMS, htmx
dev   all that tests, checks and benchmarks need, and both distributions

Does nothing when everything is up to date. Kept free of annotations and new syntax, so that an
old Python reaches the sentence below instead of a syntax error.
"""

import os
import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "Quoin needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".\n"
        "Name another one, for example: make demo PYTHON=python3.12"
    )

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from tools.environment import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
