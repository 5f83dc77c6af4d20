"""Use case: print what a person holds as PDF, all of it or one award."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lti_tool.credentials.shown import level_words
from lti_tool.credentials.transcript import Entry, Transcript
from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.translating import Words, _, day, marked, number
from lti_tool.wallets.holdings import Holding, State, get_holding, read_holdings

STATES = Words(
    {
        State.ISSUED: "Valid on this day",
        State.WAITING: "Awarded; the signed credential is being made",
        State.EXPIRED: "Expired",
        State.SUSPENDED: "Suspended for now by the issuer",
        State.REVOKED: "Revoked by the issuer: it is not valid",
    }
)
NOTE = marked("This paper proves nothing by itself: scan a code to see what its issuer says today.")


def print_transcript(
    database: Database,
    *,
    public_url: str,
    learner_id: int,
    award_uuid: UUID | None,
    is_named: bool,
    now: datetime,
) -> bytes:
    """Return a PDF of everything that a person holds, or of one award of theirs.

    It is written in the language spoken now, its days are those of the zone of now.

    When ``is_named``, each award stands below the name of the account that earned it: nobody
    prints their own name over what another account was awarded. ``NotFoundError`` when they
    hold nothing.
    """
    with database.reading() as session:
        if award_uuid is None:
            held = read_holdings(session, learner_id, now)
        else:
            held = [get_holding(session, learner_id, award_uuid, now)]
    if not held:
        raise NotFoundError("You hold no award yet: there is nothing to print.")
    # Half a second that a process needs for its first transcript, and not to start.
    from lti_tool.credentials.transcript_pdf import build_pdf

    names = {one.earned_as for one in held} if is_named else set()
    person = names.pop() if len(names) == 1 else ""
    entries = [_entry(public_url, one, is_named=bool(names)) for one in held]
    return build_pdf(Transcript(person, _(NOTE), entries), now=now)


def _entry(public_url: str, one: Holding, *, is_named: bool) -> Entry:
    told = one.shown
    facts = [
        (_("Awarded to"), one.earned_as if is_named else ""),
        (_("Issuer"), one.issuer),
        (_("Awarded on"), day(one.awarded_on)),
        (_("Credits"), number(Decimal(one.credits)) if one.credits else ""),
        (_("Level"), ", ".join(map(level_words, told.placed)) if told else ""),
        (_("Built from"), ", ".join(one.built_from)),
        (_("Valid until"), day(told.valid_until) if told and told.valid_until else ""),
        (_("Credential"), told.id if told else ""),
    ]
    if one.page is not None:
        address, words = f"{public_url}/shared/{one.page.token}", _("Public page:")
    else:
        address, words = f"{public_url}/verify", _("Ask for the signed file and check it at")
    return Entry(one.name, STATES[one.state], [f for f in facts if f[1]], address, words)
