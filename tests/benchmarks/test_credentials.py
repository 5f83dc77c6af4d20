"""The benchmark of credentials runs as a whole, on few of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "QUOIN_BENCH_RUNS": "1",
    "QUOIN_BENCH_CREDENTIALS": "3",
    "QUOIN_BENCH_BULK": "30",
    "QUOIN_BENCH_SINGLES": "2",
    "QUOIN_BENCH_SECONDS": "2",
}


@pytest.mark.long
def test_every_figure_is_printed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lti_tool.cli", "bench", "credentials"],
        cwd=ROOT,
        env={**os.environ, **SMALL},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if '"figure"' in line]
    assert {line["figure"] for line in lines} == {
        "data_integrity_per_s",
        "data_integrity_per_s_vs_pyld_alone",
        "data_integrity_per_s_vs_openbadgeslib",
        "vc_jwt_per_s",
        "overtaking_p95_s",
        "worker_per_s",
    }
