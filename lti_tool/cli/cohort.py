"""quoin cohort: where many learners stand at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, time
from multiprocessing import cpu_count, get_context
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import ERRORS, progress_bar
from lti_tool.cli.rules import DAY, read
from lti_tool.solver import solver
from lti_tool.stack_text import read_document
from stacking_rules import StackError

if TYPE_CHECKING:
    from stacking_rules.cohort.parts import Counts, Job, Part

FILE = click.Path(exists=True, dir_okay=False)
FACTS = click.Path(exists=True, path_type=Path)
DASK = ["--executor", "dask"]


class WithAddress(click.Command):
    """Takes ``--executor dask ADDRESS``: two words after an option, which click does not."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the address, where one follows, by an option of its own."""
        for at in range(1, len(args)):
            before = args[max(at - 2, 0) : at]
            if (before == DASK or before[-1] == "=".join(DASK)) and not args[at].startswith("-"):
                args = [*args[:at], "--scheduler", *args[at:]]
                break
        return super().parse_args(ctx, args)


@click.command(cls=WithAddress)
@click.argument("stack_file", type=FILE)
@click.argument("facts", type=FACTS)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Folder for the standings: one Parquet file per part.")  # fmt: skip
@click.option("--as-of", type=DAY, help="Day for which is asked; today by default.")
@click.option("--known-on", type=DAY, help="What was recorded by the end of this day; today.")
@click.option("--learners", type=click.IntRange(1), default=50_000, show_default=True,
              help="Learners of a part.")  # fmt: skip
@click.option("--executor", type=click.Choice(["none", "processes", "dask"]), default="processes",
              show_default=True, help="Where parts are evaluated: one after the other here, in "
              "processes of this machine, or on the cluster of a Dask scheduler, whose ADDRESS "
              "follows ('--executor dask tcp://10.0.0.1:8786').")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", hidden=True)
@click.option("--processes", type=click.IntRange(1), help="How many; as many as processors.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def cohort(
    stack_file: str,
    facts: Path,
    out: Path,
    as_of: datetime | None,
    known_on: datetime | None,
    learners: int,
    executor: str,
    scheduler: str | None,
    processes: int | None,
    *,
    as_json: bool,
) -> None:
    """Evaluate a document's stacks for all learners of a Parquet file, or of a folder of them.

    The rows are ordered by learner (docs/cohort.md). A run that was broken off goes on where it
    was when it is typed again.

    Example: quoin cohort stacks.yaml facts.parquet --out standings --as-of 2026-06-30
    """
    try:
        from stacking_rules.cohort import parts as work
    except ImportError:
        raise click.ClickException(
            "A cohort needs NumPy and Arrow: pip install 'quoin[cohort]'"
        ) from None
    # Another machine has a working directory of its own.
    facts, out = facts.absolute(), out.absolute()
    job = _job(stack_file, as_of, known_on)
    sources = sorted(facts.glob("*.parquet")) if facts.is_dir() else [facts]
    if not sources:
        raise click.ClickException(f"{facts} has no Parquet files (*.parquet).")
    try:
        parts = work.cut(sources, learners)
        with (
            _executor(executor, scheduler, processes, parts, out) as where,
            progress_bar("learners", sum(part.learners for part in parts)) as advance,
        ):
            counts = work.run_parts(job, parts, out, executor=where, advance=advance)
    except StackError as error:
        raise click.ClickException(str(error)) from None
    _tell(counts, as_json=as_json)


def _job(stack_file: str, as_of: datetime | None, known_on: datetime | None) -> Job:
    from stacking_rules.cohort.parts import Job

    document = read(stack_file, read_document)
    on = as_of.date() if as_of else datetime.now(UTC).date()
    known = known_on.date() if known_on else max(on, datetime.now(UTC).date())
    until = datetime.combine(known, time.max, ZoneInfo(document.definitions.zone))
    return Job(document.stacks, document.definitions, on, until, document.award_credits, solver())


def _executor(
    name: str, scheduler: str | None, processes: int | None, parts: Sequence[Part], out: Path
) -> AbstractContextManager[Executor | None]:
    """Give what runs the parts; None runs them here."""
    if (name == "dask") != (scheduler is not None):
        raise click.UsageError("The address of a scheduler follows '--executor dask'.")
    if scheduler is not None:
        return _cluster(scheduler, parts, out)
    if name == "none" or len(parts) < 2:
        return nullcontext()
    return _pool(min(processes or cpu_count(), len(parts)))


@contextmanager
def _pool(processes: int) -> Iterator[Executor]:
    try:
        # Arrow's threads do not survive a fork.
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            yield pool
    except BrokenProcessPool:
        raise click.ClickException(
            "A process was killed, perhaps because memory ran out. Type the same again: what is "
            "done is kept. Fewer processes (--processes) need less memory."
        ) from None


def _cluster(
    address: str, parts: Sequence[Part], out: Path
) -> AbstractContextManager[Executor | None]:
    try:
        from lti_tool.cluster import cluster
    except ImportError:
        raise click.ClickException(
            "Several machines need Dask: pip install 'quoin[cluster]'"
        ) from None
    sources = sorted({Path(part.source) for part in parts})
    return cluster(address, sources, out, say=lambda text: ERRORS.print(text, markup=False))


def _tell(counts: Counts, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(counts))
        return
    for key, each in counts.items():
        said = ", ".join(f"{number} {status}" for status, number in each.items() if number)
        click.echo(f"{key}: {said or 'no learners'}")
