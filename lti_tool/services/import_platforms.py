"""Use case: enter many registrations of one product at once, from a CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from lti_tool.errors import ConflictError, InvalidInputError
from lti_tool.lti.families import ProductFamily
from lti_tool.lti.platform_details import PlatformDetails, check_details, check_id
from lti_tool.lti.platforms import shares_identities
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.learners import lock_name
from lti_tool.persistence.platforms import (
    Registration,
    approve_deployment_row,
    ensure_registration,
    find_look_alike,
    find_registration,
)

LARGEST = 4 * 1024 * 1024
MOST_LINES = 10_000
NEEDED = ("issuer", "client_id", "auth_login_url", "auth_token_url", "jwks_url")
OPTIONAL = ("deployment_id", "name", "token_audience")


class Judgement(StrEnum):
    """What a line of the file comes to."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LineJudged:
    """One line (numbered as in the file): what it comes to, and which fields or why not."""

    line: int
    client_id: str
    judgement: Judgement
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PlatformsImported:
    """Every line judged; ``is_written`` unless it was a trial or a line was refused."""

    lines: tuple[LineJudged, ...]
    is_written: bool


class _TrialError(Exception):
    """Takes back what a trial, or a file with a refused line, has written so far."""


def import_platforms(
    database: Database,
    institution_key: str,
    text: str,
    *,
    family: ProductFamily,
    is_trial: bool,
    actor: str,
    now: datetime,
    allows_loopback: bool = False,
) -> PlatformsImported:
    """Register every line, or enter its new addresses, and approve its deployment.

    A line without a deployment id means "1", which Open edX sends. Lines are judged one by
    one; all are written or, with one that is refused, none. The order of columns is free.
    ``allows_loopback``: the platforms are on this machine and may be reached over http.
    ``InvalidInputError`` when the file itself is wrong, ``NotFoundError`` for an unknown
    institution.
    """
    rows = list(_rows(text))
    judged: list[LineJudged] = []
    try:
        with database.writing() as session:
            lock_name(session, "registrations")
            institution_id = get_institution(session, institution_key).id
            for line, row in rows:
                details = _details(row, family, allows_loopback=allows_loopback)
                judged.append(_judge(session, line, row, details, institution_id, now))
            if is_trial or any(found.judgement is Judgement.REFUSED for found in judged):
                raise _TrialError
            add_event(
                session,
                institution_id=institution_id,
                actor=actor,
                action="platforms-imported",
                detail={"lines": len(judged)},
                at=now,
            )
    except _TrialError:
        return PlatformsImported(tuple(judged), is_written=False)
    return PlatformsImported(tuple(judged), is_written=True)


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    if len(text) > LARGEST:
        raise InvalidInputError("The file is larger than 4 MiB; divide it.")
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    columns = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED if name not in columns]
    unknown = [name for name in columns if name not in (*NEEDED, *OPTIONAL)]
    if missing or unknown or len(set(columns)) != len(columns):
        raise InvalidInputError(
            f"The first line names the columns: {', '.join(NEEDED)}; if you like, "
            f"{', '.join(OPTIONAL)}. Missing: {', '.join(missing) or 'none'}; unknown: "
            f"{', '.join(unknown) or 'none'}."
        )
    reader.fieldnames = columns
    try:
        for number, row in enumerate(reader, start=1):
            if number > MOST_LINES:
                raise InvalidInputError(f"The file has more than {MOST_LINES} lines; divide it.")
            if None in row or None in row.values():
                raise InvalidInputError(f"Line {reader.line_num} has not as many fields as line 1.")
            yield reader.line_num, {name: value.strip() for name, value in row.items()}
    except csv.Error as error:
        raise InvalidInputError(f"Line {reader.line_num} is not CSV: {error}.") from None


def _details(
    row: dict[str, str], family: ProductFamily, *, allows_loopback: bool
) -> PlatformDetails:
    return PlatformDetails(
        issuer=row["issuer"],
        client_id=row["client_id"],
        name=row.get("name", ""),
        authorization_url=row["auth_login_url"],
        token_url=row["auth_token_url"],
        jwks_url=row["jwks_url"],
        token_audience=row.get("token_audience") or None,
        allows_loopback=allows_loopback,
        family=family,
    )


def _judge(
    session: Session,
    line: int,
    row: dict[str, str],
    details: PlatformDetails,
    institution_id: int,
    now: datetime,
) -> LineJudged:
    """Write one line and say what it came to; one that is refused stops the whole file later."""
    client_id = row["client_id"][:100]
    deployment_id = row.get("deployment_id") or "1"
    try:
        check_details(details)
        check_id("deployment_id", deployment_id)
        _refuse_look_alike(session, details)
        changed = _write(session, details, institution_id, now)
        approve_deployment_row(session, changed.row.id, deployment_id, institution_id, now)
    except (InvalidInputError, ConflictError) as error:
        return LineJudged(line, client_id, Judgement.REFUSED, error.message)
    return LineJudged(line, client_id, changed.judgement, ", ".join(changed.fields))


@dataclass(frozen=True, slots=True)
class _Written:
    row: Registration
    judgement: Judgement
    fields: tuple[str, ...] = ()


def _refuse_look_alike(session: Session, details: PlatformDetails) -> None:
    known = find_look_alike(session, details.issuer, details.client_id)
    if known is not None:
        raise ConflictError(
            f"{known.issuer} with {known.client_id} is registered already; they differ only in "
            "case or a slash."
        )


def _write(
    session: Session, details: PlatformDetails, institution_id: int, now: datetime
) -> _Written:
    wanted = {
        "authorization_url": details.authorization_url,
        "token_url": details.token_url,
        "token_audience": details.token_audience,
        "jwks_url": details.jwks_url,
        "product_family": details.family,
        "allows_loopback": details.allows_loopback,
    }
    if details.name:
        wanted["name"] = details.name
    known = find_registration(session, details.issuer, details.client_id)
    if known is None:
        row = ensure_registration(
            session,
            details.issuer,
            details.client_id,
            now,
            is_shared_at_first=shares_identities(details.family),
            **{"institution_id": institution_id, "name": details.issuer} | wanted,
        )
        return _Written(row, Judgement.NEW)
    fields = tuple(name for name, value in wanted.items() if getattr(known, name) != value)
    for name in fields:
        setattr(known, name, wanted[name])
    session.flush()
    return _Written(known, Judgement.CHANGED if fields else Judgement.UNCHANGED, fields)
