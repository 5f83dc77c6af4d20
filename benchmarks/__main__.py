"""python -m benchmarks NAME: the same as ``quoin bench NAME``."""

import sys

from benchmarks.harness import run

sys.exit(run(sys.argv[1] if len(sys.argv) == 2 else ""))
