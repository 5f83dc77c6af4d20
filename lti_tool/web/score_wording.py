"""Words about scores and gradebook columns."""

from __future__ import annotations

from lti_tool.scoring.rows import ColumnRow, ScoreRow
from lti_tool.translating import Words, _, ngettext
from lti_tool.web.wording import moment

SCORE_WORDS = Words(
    {
        "pending": "Score on its way to the gradebook",
        "held": "Score kept until something changes",
        "done": "Score in the gradebook",
        "superseded": "Replaced by a newer score",
        "overridden": "Another grade stands in the gradebook",
        "failed": "The gradebook did not take the score",
    }
)


def score(state_name: str) -> str:
    """Return where a score stands."""
    return SCORE_WORDS.get(state_name, _("Score state unknown"))


def points(row: ScoreRow) -> str:
    """Return a score with its maximum: 92 of 100."""
    return _("{value} of {most}", value=row.given, most=row.maximum)


def tries(row: ScoreRow) -> str:
    """Return how often a score was tried, when last, and when next."""
    words = [ngettext("{n} try", "{n} tries", row.attempts) if row.attempts else _("Not tried yet")]
    if row.tried_at is not None and row.attempts:
        words.append(_("last {moment}", moment=moment(row.tried_at)))
    if row.tried_at is not None and row.next_try is not None:
        words.append(_("next {moment}", moment=moment(row.next_try)))
    return ", ".join(words)


def column(row: ColumnRow) -> str:
    """Return what is known of a gradebook column."""
    if row.is_removed:
        return _("It is not in the gradebook any more. It is made again only if you say so.")
    if not row.is_known:
        return _("It is looked for, or made, with the first score.")
    if row.is_outdated:
        return _("It stands in the gradebook under an older name or maximum.")
    return _("It stands in the gradebook.")
