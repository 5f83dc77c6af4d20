"""Sentences of the pages about many learners at once: lists, tables, previews, analytics."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from lti_tool.attesting.entries import Outcome
from lti_tool.course_figures import Stage, Waits
from lti_tool.persistence.classes import Order, Where
from lti_tool.persistence.rubrics import LevelOption
from lti_tool.rule_reading.amounts import grade_words
from lti_tool.services.accept_many import Acceptance, AcceptedRow
from lti_tool.services.attest_learners import Attested
from lti_tool.services.import_sheet import Imported, ImportedRow
from lti_tool.services.show_roster import RowProgress
from lti_tool.translating import Words, _, marked, ngettext

WHERE_WORDS = Words(
    {
        Where.HELD: "Holds the award",
        Where.CLOSE: "Close: one step is missing",
        Where.STALLED: "Stalled: nothing new for 60 days",
        Where.NOTHING: "Nothing yet",
        Where.IN_REVIEW: "In review",
    }
)
ORDER_WORDS = Words(
    {
        Order.NAME: "By name",
        Order.LATEST: "Latest completion first",
        Order.PROGRESS: "Closest to the award first",
    }
)
STAGE_WORDS = Words(
    {
        Stage.IN_COURSE: "In the course",
        Stage.BEGUN: "Have something that counts",
        Stage.HALF: "Have half of it",
        Stage.ONE_STEP: "Lack one step at most",
        Stage.HELD: "Hold the award",
    }
)
PROGRESS = {
    "parts": marked("{title}: {have} of {need} parts counted"),
    "credits": marked("{title}: {have} of {need} credits counted"),
    "items": marked("{title}: {have} of {need} items counted"),
    "points": marked("{title}: {have} of {need} points counted"),
}
COMING = Words(
    {
        Outcome.NEW: "Is recorded",
        Outcome.SAME: "Has exactly this already: stays as it is",
        Outcome.WITHDRAWN: "Was recorded and withdrawn: is not brought back",
    }
)
DONE = Words(
    {
        Outcome.NEW: "Recorded",
        Outcome.SAME: "Is recorded already, once",
        Outcome.WITHDRAWN: "Was withdrawn meanwhile: not brought back",
    }
)


def outcome(value: Outcome, is_done: bool) -> str:  # noqa: FBT001
    """Return what becomes of one learner, before or after it happened."""
    return (DONE if is_done else COMING)[value]


def attest(found: Attested) -> str:
    """Return what confirming will do, in a sentence."""
    if not found.new:
        return _("There is nothing new to record: all of them have exactly this already.")
    completions = ngettext("{n} completion to record.", "{n} completions to record.", found.new)
    awards = sum(len(row.awards) for row in found.rows)
    if awards == 0:
        return f"{completions} {_('No award follows.')}"
    follow = ngettext("{n} award to follow.", "{n} awards to follow.", awards)
    return f"{completions} {follow}"


def attested(found: Attested) -> str:
    """Return what was done, in a sentence; also after the same form came twice."""
    if not found.new:
        return _("Nothing was left to record: it is all there, once.")
    return ngettext("{n} completion recorded.", "{n} completions recorded.", found.new)


def confirm(found: Attested) -> str:
    """Return the words of the button."""
    return ngettext("Record it for {n} learner", "Record it for {n} learners", found.new)


def level(label: str, grade: Decimal, scale: str) -> str:
    """Return a level with the grade that it stands for."""
    return _("{level} ({grade})", level=label, grade=grade_words(grade, scale))


def levels_of(found: Sequence[LevelOption]) -> dict[UUID, list[tuple[str, str]]]:
    """Return levels as a form offers them, by their competency."""
    offered: dict[UUID, list[tuple[str, str]]] = {}
    for one in found:
        words = level(one.label, one.grade, one.scale)
        offered.setdefault(one.achievement_uuid, []).append((one.label, words))
    return offered


def read_as(found: Imported) -> str:
    """Return how a file was read, because it may have been guessed."""
    words = _(
        "{rows}, read as {encoding}, separated by {separator}.",
        rows=_rows(len(found.rows)),
        encoding=found.encoding,
        separator=_(found.separator),
    )
    if found.encoding == "Windows-1252":
        check = _("Check that names with accents look right; if not, save it as UTF-8.")
        return f"{words} {check}"
    return words


def import_(found: Imported) -> str:
    """Return what confirming will do with the good, the known and the refused rows."""
    if not found.new and not found.refused:
        return _("There is nothing new to record: every row is recorded already.")
    values = {"rows": _rows(found.new), "known": found.known, "refused": found.refused}
    if not found.new:
        return _(
            "No row can be recorded: {rows} refused, {known} known.",
            rows=_rows(found.refused),
            known=found.known,
        )
    words = _("{rows} to record, {known} known already, {refused} refused.", **values)
    if found.refused:
        rest = _("Refused rows are left out. All the others are recorded together, or none.")
        return f"{words} {rest}"
    return f"{words} {_('All of them are recorded together, or none.')}"


def imported(found: Imported) -> str:
    """Return what was done with a file."""
    if not found.new:
        return _("Nothing was left to record: it is all there, once.")
    return _(
        "{rows} recorded, {known} known already, {refused} left out.",
        rows=_rows(found.new),
        known=found.known,
        refused=found.refused,
    )


def import_button(found: Imported) -> str:
    """Return the words of the button."""
    rows = _rows(found.new)
    if found.refused:
        return _("Record {rows} and leave {refused} out", rows=rows, refused=found.refused)
    return _("Record {rows}", rows=rows)


def refused(row: ImportedRow) -> str:
    """Return why a row is refused, with its column."""
    problem = _(row.problem)
    if not row.column:
        return problem
    return _("Column {column}: {problem}", column=row.column, problem=problem)


def _rows(value: int) -> str:
    return ngettext("{n} row", "{n} rows", value)


def progress(part: RowProgress) -> str:
    """Return how much of one award counts: Data basics: 1 of 2 parts counted."""
    progress_words = PROGRESS.get(part.unit, PROGRESS["parts"])
    return _(progress_words, title=part.title, have=part.have, need=part.need)


def uncomputed(value: int) -> str:
    """Return that a list by progress does not know everybody yet."""
    return ngettext(
        "The progress of {n} learner is not computed yet, so this list may miss some.",
        "The progress of {n} learners is not computed yet, so this list may miss some.",
        value,
    )


def changed(value: int) -> str:
    """Return that figures do not know the latest of everybody."""
    return ngettext(
        "The progress of {n} learner has changed since, or was never computed.",
        "The progress of {n} learners has changed since, or was never computed.",
        value,
    )


def days(first: int, last: int | None) -> str:
    """Return a class of days: 31 to 90 days."""
    if last is None:
        return ngettext("{n} day or more", "{n} days or more", first)
    return ngettext("{first} to {n} day", "{first} to {n} days", last, first=first)


def wait(found: Waits) -> str:
    """Return how long awards took."""
    return ngettext(
        "Half of the {n} learner who hold it took {middle} days at most from the first thing "
        "they completed; a quarter took {quick} at most, and a quarter {slow} or more.",
        "Half of the {n} learners who hold it took {middle} days at most from the first thing "
        "they completed; a quarter took {quick} at most, and a quarter {slow} or more.",
        found.people,
        middle=found.middle,
        quick=found.quick,
        slow=found.slow,
    )


ACCEPTANCE = Words(
    {
        Acceptance.ACCEPTED: "Is accepted",
        Acceptance.DECIDED: "Is decided already: stays as it is",
        Acceptance.OPEN: "Somebody else has it open: stays as it is",
    }
)
ACCEPTED = Words(
    {
        Acceptance.ACCEPTED: "Accepted",
        Acceptance.DECIDED: "Was decided already",
        Acceptance.OPEN: "Somebody else has it open: left as it is",
    }
)


def acceptance(value: Acceptance, is_done: bool) -> str:  # noqa: FBT001
    """Return what becomes of one piece of evidence, before or after it happened."""
    return (ACCEPTED if is_done else ACCEPTANCE)[value]


def accepting(rows: tuple[AcceptedRow, ...]) -> str:
    """Return the words of the button that accepts many pieces."""
    return ngettext(
        "Accept {n} piece of evidence", "Accept {n} pieces of evidence", _accepted(rows)
    )


def accepted(rows: tuple[AcceptedRow, ...]) -> str:
    """Return what was done with many pieces."""
    done = _accepted(rows)
    if not done:
        return _("Nothing was left to accept.")
    return ngettext("{n} piece of evidence accepted.", "{n} pieces of evidence accepted.", done)


def _accepted(rows: tuple[AcceptedRow, ...]) -> int:
    return sum(row.acceptance is Acceptance.ACCEPTED for row in rows)


FILTERS = {
    "acceptance_words": acceptance,
    "accepting_words": accepting,
    "accepted_words": accepted,
    "changed_words": changed,
    "day_range": days,
    "wait_words": wait,
    "stage_words": STAGE_WORDS.__getitem__,
    "outcome_words": outcome,
    "progress_words": progress,
    "uncomputed_words": uncomputed,
    "attest_words": attest,
    "attested_words": attested,
    "confirm_words": confirm,
    "read_as_words": read_as,
    "import_words": import_,
    "imported_words": imported,
    "import_button": import_button,
    "refused_words": refused,
    "where_words": WHERE_WORDS.__getitem__,
}
