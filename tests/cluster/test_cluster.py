"""quoin cohort on a cluster: workers, client and scheduler that die; machines that do not fit."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from multiprocessing import active_children
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from lti_tool.cli import main

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'quoin[cluster]'")

from lti_tool import cluster
from tests.cluster.machines import ROOT, Machines, kill, wait_until

pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.timeout(120)]

LEARNERS, PARTS = 2400, 120
STACKS = """quoin: 2
achievements:
  a: {name: A, credits: 2}
  b: {name: B, credits: 3}
  c: {name: C, credits: 2.5}
stacks:
- {key: basics, title: Basics, requires: {all: [a, {completed: b, grade: 50}]}}
- {key: more, title: More, requires: {credits: 5, of: [a, b, c], grade: 40}}
"""
OPTIONS = ["--as-of", "2026-06-30", "--known-on", "2026-06-30", "--learners", "20"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all machines see, with stacks and facts."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "stacks.yaml").write_text(STACKS, "utf-8")
    draw = random.Random(5)
    names = [f"{number:05}" for number in range(LEARNERS)]
    rows = [
        (one, key, draw.randint(0, 100)) for one in names for key in "abc" if draw.random() < 0.8
    ]
    learners, keys, grades = zip(*rows, strict=True)
    table = pa.table(
        {
            "learner": learners,
            "achievement": keys,
            "on": pa.array([date(2026, 1, 1)] * len(rows), pa.date32()),
            "grade": pa.array(grades, pa.int16()),
        }
    )
    pq.write_table(table, folder / "facts.parquet")
    return folder


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler without workers."""
    machines = Machines(tmp_path_factory.mktemp("cluster"))
    yield machines
    machines.end()


@pytest.fixture(scope="module")
def pool_bytes(folder: Path) -> dict[str, bytes]:
    """What a pool of processes writes."""
    code, said = typed(folder, "pool", "--executor", "processes", "--processes", "2")
    assert code == 0, said
    return written(folder / "pool")


def words(folder: Path, out: str, *more: str) -> list[str]:
    files = [str(folder / "stacks.yaml"), str(folder / "facts.parquet")]
    return ["cohort", *files, *OPTIONS, "--out", str(folder / out), *more]


def typed(folder: Path, out: str, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, words(folder, out, *more))
    return done.exit_code, done.output


def written(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name[0] != "."}


def parts(out: Path) -> list[Path]:
    return sorted(out.glob("part-*.parquet"))


def test_a_worker_is_killed_and_its_parts_are_done_again(
    folder: Path, machines: Machines, pool_bytes: dict[str, bytes]
) -> None:
    stays, dies = machines.worker(), machines.worker()
    machines.wait_for(2)
    out = folder / "cluster"

    def dies_amid_a_part() -> None:
        wait_until(lambda: parts(out))
        # It keeps what it was given while the other one does all the rest.
        dies.send_signal(signal.SIGSTOP)
        wait_until(lambda: len(parts(out)) >= PARTS - 5)
        left.append(PARTS - len(parts(out)))
        kill(dies)

    left: list[int] = []
    killer = threading.Thread(target=dies_amid_a_part)
    killer.start()
    code, said = typed(folder, "cluster", "--executor", "dask", machines.address)
    killer.join()
    kill(stays)
    assert code == 0, said
    assert left[0] > 0
    assert "is gone: others do its parts again" in " ".join(said.split())
    assert written(out) == pool_bytes


def test_a_run_whose_client_was_killed_goes_on(
    folder: Path, machines: Machines, pool_bytes: dict[str, bytes]
) -> None:
    worker, out = machines.worker(), folder / "resumed"
    machines.wait_for(1)
    command = [*words(folder, "resumed"), "--executor", "dask", machines.address]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    client = subprocess.Popen(
        [sys.executable, "-m", "lti_tool.cli", *command], env=environ, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: parts(out), client)
    kill(client)
    before = {path: path.stat().st_mtime_ns for path in parts(out)}
    assert 0 < len(before) < PARTS
    code, said = typed(folder, "resumed", "--executor", "dask", machines.address)
    kill(worker)
    assert code == 0, said
    assert written(out) == pool_bytes
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_machines_that_do_not_fit_are_named_with_what_to_do(
    folder: Path, machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "stacking_rules", tmp_path / "stacking_rules")
    with (tmp_path / "stacking_rules" / "say.py").open("a", encoding="utf-8") as file:
        file.write("# another release\n")
    workers = [
        machines.worker("import sys; sys.modules['lti_tool'] = None"),
        machines.worker(path=str(tmp_path)),
        machines.worker(),
    ]
    machines.wait_for(3)
    # A path that means something else to every process, as on machines that share nothing.
    monkeypatch.chdir(folder)
    code, said = typed(Path("/proc/self/cwd"), "unshared", "--executor", "dask", machines.address)
    for worker in workers:
        kill(worker)
    assert code == 1
    assert "needs this release of Quoin in its own environment: pip install" in said
    assert "this machine has Quoin" in said
    assert "install the same on both, and start its process anew" in said
    assert "does not see /proc/self/cwd/facts.parquet: share the folder" in said
    assert said.count("cannot take part") == 3
    assert [path.name for path in (folder / "unshared").iterdir()] == []


def test_a_cluster_without_workers_says_how_to_start_one(
    folder: Path, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    machines.wait_for(0)
    code, said = typed(folder, "alone", "--executor", "dask", machines.address)
    assert code == 1
    assert f"start some with 'dask worker {machines.address}'" in said


def test_a_scheduler_is_lost(folder: Path, tmp_path: Path) -> None:
    machines, out = Machines(tmp_path), folder / "lost"
    machines.worker()
    machines.wait_for(1)

    def dies() -> None:
        wait_until(lambda: parts(out))
        kill(machines.scheduler)

    killer = threading.Thread(target=dies)
    killer.start()
    code, said = typed(folder, "lost", "--executor", "dask", machines.address)
    killer.join()
    machines.end()
    assert code == 1
    assert f"The scheduler at {machines.address} is gone. Type the same again" in said
    assert "Traceback" not in said


def test_a_part_of_which_every_worker_dies_is_given_up(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    machines = Machines(tmp_path)
    deadly = "import os; from stacking_rules.cohort import parts"
    machines.worker(f"{deadly}; parts.evaluate_part = lambda *_: os._exit(9)")
    machines.wait_for(1)
    code, said = typed(folder, "deadly", "--executor", "dask", machines.address)
    machines.end()
    assert code == 1
    assert "died of the same part as often as is allowed (1)" in said


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:1", "No Dask scheduler answers at tcp://127.0.0.1:1."),
        ("127.0.0.1", "'127.0.0.1' is no address of a Dask scheduler, such as tcp://10.0.0.1:8786"),
        ("http://127.0.0.1:1", "is no address of a Dask scheduler"),
        ("tls://127.0.0.1:1", "tls://127.0.0.1:1 wants certificates"),
    ],
)
def test_a_scheduler_that_cannot_be_reached(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    code, said = typed(folder, "nowhere", "--executor", "dask", address)
    assert code == 1
    assert words in said


def test_an_address_follows_dask_and_nothing_else(folder: Path) -> None:
    assert "address of a scheduler follows" in typed(folder, "x", "--executor", "dask")[1]
    wrong = typed(folder, "x", "--executor", "processes", "tcp://127.0.0.1:1")[1]
    assert "unexpected extra argument" in wrong


def test_without_dask_it_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lti_tool.cluster", None)
    said = typed(folder, "x", "--executor", "dask", "tcp://127.0.0.1:1")[1]
    assert "pip install 'quoin[cluster]'" in said


def test_a_process_of_the_pool_is_killed(folder: Path, pool_bytes: dict[str, bytes]) -> None:
    out = folder / "broken"

    def dies() -> None:
        wait_until(lambda: parts(out))
        active_children()[0].kill()

    killer = threading.Thread(target=dies)
    killer.start()
    code, said = typed(folder, "broken")
    killer.join()
    assert code == 1
    assert "A process was killed" in said
    code, said = typed(folder, "broken")
    assert code == 0, said
    assert written(out) == pool_bytes


def test_a_worker_that_comes_late_is_asked_too(folder: Path) -> None:
    mine = cluster.installed()
    other = cluster.Installed("0.0.9", mine.engine, mine.pyarrow, mine.has_solver)
    assert (
        cluster.complaint(mine, [str(folder / "facts.parquet")], str(folder / "stacks.yaml")) == ""
    )
    assert "0.0.9" in cluster.complaint(other, [], str(folder / "stacks.yaml"))
