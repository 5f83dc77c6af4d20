"""Sentences of the pages about many learners at once: lists, tables, previews, analytics."""

from __future__ import annotations

from decimal import Decimal

from lti_tool.attesting.entries import Outcome
from lti_tool.course_figures import Stage, Waits
from lti_tool.persistence.classes import Order, Where
from lti_tool.services.accept_many import Acceptance, AcceptedRow
from lti_tool.services.attest_learners import Attested
from lti_tool.services.import_sheet import Imported, ImportedRow
from lti_tool.services.show_roster import RowProgress
from lti_tool.web.wording import grade as grade_words
from lti_tool.web.wording import number

WHERE_WORDS = {
    Where.HELD: "Holds the award",
    Where.CLOSE: "Close: one step is missing",
    Where.STALLED: "Stalled: nothing new for 60 days",
    Where.NOTHING: "Nothing yet",
    Where.IN_REVIEW: "In review",
}
ORDER_WORDS = {
    Order.NAME: "By name",
    Order.LATEST: "Latest completion first",
    Order.PROGRESS: "Closest to the award first",
}
STAGE_WORDS = {
    Stage.IN_COURSE: "In the course",
    Stage.BEGUN: "Have something that counts",
    Stage.HALF: "Have half of it",
    Stage.ONE_STEP: "Lack one step at most",
    Stage.HELD: "Hold the award",
}
COMING = {
    Outcome.NEW: "Is recorded",
    Outcome.SAME: "Has exactly this already: stays as it is",
    Outcome.WITHDRAWN: "Was recorded and withdrawn: is not brought back",
}
DONE = {
    Outcome.NEW: "Recorded",
    Outcome.SAME: "Is recorded already, once",
    Outcome.WITHDRAWN: "Was withdrawn meanwhile: not brought back",
}


def outcome(value: Outcome, is_done: bool) -> str:  # noqa: FBT001
    """Return what becomes of one learner, before or after it happened."""
    return (DONE if is_done else COMING)[value]


def attest(found: Attested) -> str:
    """Return what confirming will do, in a sentence."""
    if not found.new:
        return "There is nothing new to record: all of them have exactly this already."
    awards = sum(len(row.awards) for row in found.rows)
    if awards == 0:
        return f"{_completions(found.new)} to record. No award follows."
    return f"{_completions(found.new)} to record. {_awards(awards)} to follow."


def attested(found: Attested) -> str:
    """Return what was done, in a sentence; also after the same form came twice."""
    if not found.new:
        return "Nothing was left to record: it is all there, once."
    return f"{_completions(found.new)} recorded."


def confirm(found: Attested) -> str:
    """Return the words of the button."""
    return "Record it for 1 learner" if found.new == 1 else f"Record it for {found.new} learners"


def level(label: str, grade: Decimal, scale: str) -> str:
    """Return a level with the grade that it stands for."""
    return f"{label} ({grade_words(grade, scale)})"


def read_as(found: Imported) -> str:
    """Return how a file was read, because it may have been guessed."""
    words = f"{_rows(len(found.rows))}, read as {found.encoding}, separated by {found.separator}."
    if found.encoding == "Windows-1252":
        return f"{words} Check that names with accents look right; if not, save it as UTF-8."
    return words


def import_(found: Imported) -> str:
    """Return what confirming will do with the good, the known and the refused rows."""
    if not found.new and not found.refused:
        return "There is nothing new to record: every row is recorded already."
    if not found.new:
        return f"No row can be recorded: {_rows(found.refused)} refused, {found.known} known."
    words = f"{_rows(found.new)} to record, {found.known} known already, {found.refused} refused."
    if found.refused:
        return f"{words} Refused rows are left out. All the others are recorded together, or none."
    return f"{words} All of them are recorded together, or none."


def imported(found: Imported) -> str:
    """Return what was done with a file."""
    if not found.new:
        return "Nothing was left to record: it is all there, once."
    return f"{_rows(found.new)} recorded, {found.known} known already, {found.refused} left out."


def import_button(found: Imported) -> str:
    """Return the words of the button."""
    if found.refused:
        return f"Record {_rows(found.new)} and leave {found.refused} out"
    return f"Record {_rows(found.new)}"


def refused(row: ImportedRow) -> str:
    """Return why a row is refused, with its column."""
    return f"Column {row.column}: {row.problem}" if row.column else row.problem


def _rows(value: int) -> str:
    return "1 row" if value == 1 else f"{value:,} rows"


def _completions(value: int) -> str:
    return "1 completion" if value == 1 else f"{value:,} completions"


def _awards(value: int) -> str:
    return "1 award" if value == 1 else f"{value:,} awards"


def progress(part: RowProgress) -> str:
    """Return how much of one award counts: Data basics: 1 of 2 parts counted."""
    have, need = number(part.have), number(part.need)
    return f"{part.title}: {have} of {need} {part.unit} counted"


def uncomputed(value: int) -> str:
    """Return that a list by progress does not know everybody yet."""
    who = "The progress of 1 learner is" if value == 1 else f"The progress of {value:,} learners is"
    return f"{who} not computed yet, so this list may miss some."


def changed(value: int) -> str:
    """Return that figures do not know the latest of everybody."""
    if value == 1:
        return "The progress of 1 learner has changed since, or was never computed."
    return f"The progress of {value:,} learners has changed since, or was never computed."


def days(first: int, last: int | None) -> str:
    """Return a class of days: 31 to 90 days."""
    return f"{first} days or more" if last is None else f"{first} to {last} days"


def wait(found: Waits) -> str:
    """Return how long awards took."""
    return (
        f"Half of the {found.people} learners who hold it took {found.middle} days at most from "
        f"the first thing they completed; a quarter took {found.quick} at most, and a quarter "
        f"{found.slow} or more."
    )


ACCEPTANCE = {
    Acceptance.ACCEPTED: "Is accepted",
    Acceptance.DECIDED: "Is decided already: stays as it is",
    Acceptance.OPEN: "Somebody else has it open: stays as it is",
}
ACCEPTED = {
    Acceptance.ACCEPTED: "Accepted",
    Acceptance.DECIDED: "Was decided already",
    Acceptance.OPEN: "Somebody else has it open: left as it is",
}


def acceptance(value: Acceptance, is_done: bool) -> str:  # noqa: FBT001
    """Return what becomes of one piece of evidence, before or after it happened."""
    return (ACCEPTED if is_done else ACCEPTANCE)[value]


def accepting(rows: tuple[AcceptedRow, ...]) -> str:
    """Return the words of the button that accepts many pieces."""
    return f"Accept {_pieces(sum(row.acceptance is Acceptance.ACCEPTED for row in rows))}"


def accepted(rows: tuple[AcceptedRow, ...]) -> str:
    """Return what was done with many pieces."""
    done = sum(row.acceptance is Acceptance.ACCEPTED for row in rows)
    return f"{_pieces(done)} accepted." if done else "Nothing was left to accept."


def _pieces(value: int) -> str:
    return "1 piece of evidence" if value == 1 else f"{value} pieces of evidence"


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
