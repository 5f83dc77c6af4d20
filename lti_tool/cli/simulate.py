"""quoin simulate: what a change of rules does to all learners, before it is published."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.opening import open_database, progress_bar
from lti_tool.cli.rules import DAY, read
from lti_tool.errors import StackTextError
from lti_tool.solver import solver
from lti_tool.stack_text import read_document
from stacking_rules import Document, StackError

if TYPE_CHECKING:
    from lti_tool.cli.simulated import Answer, Kept

FILE = click.Path(exists=True, dir_okay=False)
PATH = click.Path(exists=True, path_type=Path)
PUBLISHED = "published"
PART = 100_000
"""Learners of a file that are looked at together."""


@click.command()
@click.argument("stack_file", type=FILE)
@click.option("--against", default=PUBLISHED, show_default=True, metavar="published|FILE",
              help="What the rules are now: those published, or a document.")  # fmt: skip
@click.option("--institution", help="Key of the institution: its learners and published rules.")
@click.option("--facts", type=PATH, help="Learners of a Parquet file or a folder of them.")
@click.option("--stack", "key", help="This stack alone.")
@click.option("--as-of", type=DAY, help="With --facts: day for which is asked; today by default.")
@click.option("--names", type=click.IntRange(0, 1000), default=3, show_default=True,
              help="Learners named for each effect and requirement.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="File (.parquet or .csv): every learner for whom anything changes.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@friendly
def simulate(
    stack_file: str,
    against: str,
    institution: str | None,
    facts: Path | None,
    key: str | None,
    as_of: datetime | None,
    names: int,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Say who gains, who would not meet it any more, and whose progress moves, if STACK_FILE is
    published; why, by requirement. Nothing is written, and no award is ever taken.

    Exit code 0 whatever the answer, 1 for documents or facts that are wrong, 2 for wrong use.

    Example: quoin simulate stacks.yaml --institution harbour --out effects.csv

    From files alone: quoin simulate new.yaml --against old.yaml --facts facts.parquet
    """
    _check_use(against, institution, facts, as_of, out)
    try:
        from lti_tool.cli import simulated
    except ImportError:
        raise click.ClickException(
            "A simulation needs NumPy and Arrow: pip install 'quoin[cohort]'"
        ) from None
    kept = simulated.Kept(out, names)
    if facts is None:
        answer = _from_database(stack_file, against, institution or "", key, kept)
    else:
        answer = _from_facts(stack_file, against, facts, key, as_of, kept)
    kept.write()
    simulated.tell(answer, as_json=as_json)


def _check_use(
    against: str,
    institution: str | None,
    facts: Path | None,
    as_of: datetime | None,
    out: Path | None,
) -> None:
    if (facts is None) == (institution is None):
        raise click.UsageError(
            "Say whose learners: --institution KEY for those of the database, or --facts FILE."
        )
    if facts is not None and against == PUBLISHED:
        raise click.UsageError(
            "What is published is the database's: with --facts say --against FILE."
        )
    if facts is None and as_of is not None:
        raise click.UsageError("--as-of goes with --facts; the database is asked about today.")
    if against != PUBLISHED and not Path(against).is_file():
        raise click.UsageError(f"--against: there is no file '{against}'.")
    if out is not None and out.suffix not in (".parquet", ".csv"):
        raise click.UsageError("--out: the name ends in .parquet or .csv.")
    if out is not None and not out.parent.is_dir():
        raise click.UsageError(f"--out: there is no folder '{out.parent}'.")


def _from_database(
    stack_file: str, against: str, institution: str, key: str | None, kept: Kept
) -> Answer:
    from lti_tool.cli.simulated import Answer
    from lti_tool.services.simulate_change import simulate_change

    database = open_database()
    text = read_text(stack_file)
    before = None if against == PUBLISHED else read_text(against)
    with progress_bar("learners", None) as advance:
        try:
            found = simulate_change(
                database,
                institution_key=institution,
                text=text,
                against=before,
                only=key,
                now=datetime.now(UTC),
                names=kept.names,
                advance=advance,
                keep=kept.add,
            )
        except StackTextError as error:
            where = f"{stack_file}:{error.line}:{error.column}: {error.address or '/'}"
            raise click.ClickException(f"{where}: {error.message}") from None
    people = {number: (str(uuid), name) for number, (uuid, name) in found.people.items()}
    return Answer(found.change, found.totals, people)


def _from_facts(
    stack_file: str,
    against: str,
    facts: Path,
    key: str | None,
    as_of: datetime | None,
    kept: Kept,
) -> Answer:
    from lti_tool.cli.simulated import Answer, over_files
    from stacking_rules.cohort.changing import RuleChange, Rules
    from stacking_rules.cohort.parts import cut
    from stacking_rules.cohort.simulated_parts import Question

    old, new = (read(file, read_document) for file in (against, stack_file))
    sources = sorted(facts.glob("*.parquet")) if facts.is_dir() else [facts]
    if not sources:
        raise click.ClickException(f"{facts} has no Parquet files (*.parquet).")
    try:
        before, after = (Rules(d.stacks, d.award_credits) for d in (old, new))
        change = RuleChange(before, before.with_published(after), key)
        definitions = (old.definitions, new.definitions)
        question = Question(change, definitions, **_when(new, as_of), solver=solver())
        parts = cut(sources, PART)
        with progress_bar("learners", sum(part.learners for part in parts)) as advance:
            totals = over_files(question, parts, kept, advance)
    except StackError as error:
        raise click.ClickException(str(error)) from None
    return Answer(change, totals, {})


def _when(document: Document, as_of: datetime | None) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    on = as_of.date() if as_of else today
    zone = ZoneInfo(document.definitions.zone)
    return {"as_of": on, "known_on": datetime.combine(max(on, today), time.max, zone)}
