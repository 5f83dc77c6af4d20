"""quoin rules check: what is wrong or surprising in stack documents, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from lti_tool.cli.common import read_text
from lti_tool.errors import StackTextError
from lti_tool.lint_words import say
from lti_tool.stack_text import Placed, read_placed
from stacking_rules import lint
from stacking_rules.author_facts import author_facts
from stacking_rules.findings import Finding


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the answer: where, how grave, what."""

    file: str
    line: int
    column: int
    severity: str
    code: str
    at: str
    message: str

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at else ""
        return f"{self.file}:{self.line}:{self.column}: {self.code}: {where}{self.message}"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--facts", is_flag=True, help="Also remarks, and facts about each stack.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
def check(files: tuple[str, ...], *, facts: bool, as_json: bool) -> None:
    """Check stack documents; one line FILE:LINE:COLUMN: CODE: MESSAGE each, exit code 1 on errors.

    Codes that begin with "warning-" are no errors: the document says what it says. With --facts
    come remarks ("info-") and facts ("fact-"): the credits that a learner who just qualifies can
    have, the fewest items, the number of ways, and whether the rule can lapse with time.

    Example: quoin rules check stacks.yaml
    """
    found = [line for file in files for line in _lines(file, facts=facts)]
    shown = [line for line in found if facts or line.severity in ("error", "warning")]
    if as_json:
        click.echo(json.dumps([asdict(line) for line in shown], ensure_ascii=False))
    for line in () if as_json else shown:
        click.echo(str(line))
    if any(line.severity == "error" for line in found):
        raise SystemExit(1)


def _lines(file: str, *, facts: bool) -> Iterator[Line]:
    try:
        placed = read_placed(read_text(file))
    except StackTextError as error:
        code = "invalid" if error.address else "syntax"
        yield Line(file, error.line, error.column, "error", code, "", error.message)
        return
    told = author_facts(placed.document) if facts else ()
    for finding in (*lint(placed.document), *told):
        yield _line(file, finding, placed)


def _line(file: str, finding: Finding, placed: Placed) -> Line:
    prefix = "" if finding.severity == "error" else f"{finding.severity}-"
    line, column = placed.position_of(finding)
    code, at = f"{prefix}{finding.code}", f"{finding.stack}{finding.address}"
    return Line(file, line, column, finding.severity, code, at, say(finding))
