"""quoin credentials verify: check a credential in a file, whoever issued it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from lti_tool.credentials.recognition import wire
from lti_tool.credentials.recognition.outcomes import Outcome, Verdict
from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.outside_documents import OutsideDocuments
from lti_tool.services.check_credential import check_credential

EXIT_CODES = {
    Outcome.VALID: 0,
    Outcome.UNKNOWN_ISSUER: 3,
    Outcome.UNCHECKABLE: 4,
    Outcome.UNSUPPORTED: 4,
}
"""Every other outcome is 1; 2 is wrong use, as everywhere."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--trust", multiple=True, help="An issuer that you know, by its id or its domain.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def verify(file: str, *, trust: tuple[str, ...], as_json: bool) -> None:
    """Check a credential: Open Badges 2.0 or 3.0, CLR 2.0; as JSON, JWT, PNG, SVG or address.

    The file is told by its content, never by its name. Keys and revocation lists are fetched
    from the issuer, over https and from public addresses alone; needs no database.

    \b
    Exit codes: 0 valid; 1 invalid, expired, revoked or suspended; 3 the signature is good and
    the issuer is none of --trust; 4 it cannot be checked, or not in this form.

    Example: quoin credentials verify badge.png --trust uni.example.edu
    """
    pool = CheckingPool(size=1)
    try:
        verdict = check_credential(
            pool,
            OutsideDocuments().fetch,
            Path(file).read_bytes(),
            trusted=trust,
            now=datetime.now(UTC),
        )
    finally:
        pool.close()
    if as_json:
        click.echo(json.dumps(wire.verdict(verdict), ensure_ascii=False))
    for line in () if as_json else _lines(verdict):
        click.echo(line)
    raise SystemExit(EXIT_CODES.get(verdict.outcome, 1))


def _lines(verdict: Verdict, indent: str = "") -> Iterator[str]:
    codes = ", ".join(reason.code for reason in verdict.reasons)
    yield f"{indent}{verdict.outcome} ({codes})"
    for reason in verdict.reasons:
        yield f"{indent}  {reason.words}"
    said = verdict.told
    if said is not None:
        yield f"{indent}  {said.name}, issued by {said.issuer} ({said.issuer_name or 'no name'})"
        until = f" until {said.valid_until}" if said.valid_until else ""
        yield f"{indent}  from {said.valid_from}{until}; {verdict.form}"
    for member in verdict.members:
        yield from _lines(member, f"{indent}  ")
