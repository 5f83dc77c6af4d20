"""Pages' values for tests: a small institution, one learner, one roster; no database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from lti_tool.persistence.readings import AchievementOption, EvidenceView
from lti_tool.services.show_progress import AwardView, FactView, ProgressView, StackView
from lti_tool.services.show_roster import (
    CompletionRow,
    ReviewRow,
    RosterRow,
    RosterView,
    ScoreState,
)
from stacking_rules import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Award,
    Completed,
    Completion,
    Earned,
    Grade,
    LearnerRecord,
    Requirement,
    Stack,
    evaluate,
    next_steps,
)

NOW = datetime(2026, 5, 20, 14, 5, tzinfo=UTC)
TODAY = NOW.date()
SPACE = UUID("00000000-0000-4000-8000-000000000000")

NAMES = {
    "sorting": "Sorting and searching",
    "graphs": "Graphs",
    "complexity": "Complexity",
    "dynamic": "Dynamic programming",
    "sql": "SQL foundations",
    "cleaning": "Data cleaning",
    "charts": "Charts that tell the truth",
    "ethics": "Data ethics",
    "capstone": "Capstone project",
    "algorithms": "Algorithms in Practice",
    "data": "Data Skills",
    "practitioner": "Computing Practitioner",
}
SIXTY = Grade(Decimal(60))


def uuid_of(name: str) -> UUID:
    """Return the same uuid for the same name."""
    return uuid5(SPACE, name)


def done(key: str, *, worth: str = "2.5", grade: str | None = "78") -> Completion:
    """Return a completion of 12 May 2026."""
    value = None if grade is None else Grade(Decimal(grade))
    return Completion(f"c:{key}", key, date(2026, 5, 12), NOW, Decimal(worth), value)


def single(key: str, grade: Grade | None = None) -> Completed:
    """Return a requirement that asks for one achievement."""
    return Completed(id=key, achievement=key, grade=grade)


ALGORITHMS = Stack(
    "algorithms",
    "Algorithms in Practice",
    AllOf(
        parts=(
            single("sorting", SIXTY),
            single("graphs", SIXTY),
            AnyOf(
                id="theory",
                title="One theory competency",
                parts=(single("complexity"), single("dynamic")),
            ),
        )
    ),
    version=2,
    description="Choosing, writing and judging algorithms.",
)
DATA = Stack(
    "data",
    "Data Skills",
    AllOf(
        parts=(
            AtLeast(
                id="core",
                title="Core competencies",
                count=2,
                parts=(single("sql", SIXTY), single("cleaning", SIXTY), single("charts", SIXTY)),
            ),
            Amount(
                id="credits",
                title="Breadth",
                need=Decimal("7.5"),
                of=("ethics", "graphs", "dynamic", "capstone"),
            ),
            single("ethics"),
        )
    ),
    description="From raw data to a picture that holds.",
)
PRACTITIONER = Stack(
    "practitioner",
    "Computing Practitioner",
    AllOf(
        parts=(
            Earned(id="algorithms", achievement="algorithms"),
            Earned(id="data", achievement="data"),
            single("capstone", SIXTY),
        )
    ),
    version=3,
    description="Two smaller awards and a project of your own.",
)
STACKS = (ALGORITHMS, DATA, PRACTITIONER)

RECORD = LearnerRecord(
    (
        done("sorting", grade="91"),
        done("graphs"),
        done("complexity", grade=None),
        done("sql", grade="82"),
        done("cleaning", grade="54"),
    ),
    (Award("a:algorithms", "algorithms", date(2026, 5, 12), NOW, Decimal(10)),),
)


def stack_view(stack: Stack, record: LearnerRecord = RECORD) -> StackView:
    """Return one stack for one learner, held when the record holds its award."""
    progress = evaluate(stack, record, as_of=TODAY, known_on=NOW)
    held = [award for award in record.awards if award.achievement == stack.key]
    award = (
        AwardView(uuid_of(stack.key), held[0].awarded_on, stack.version, False, True)
        if held
        else None
    )
    steps = next_steps(progress)
    return StackView(
        stack.key, stack.title, stack.description, stack.version, progress, steps, award
    )


def of_requirement(requirement: Requirement, record: LearnerRecord = RECORD) -> StackView:
    """Return a stack of this requirement alone."""
    return stack_view(Stack("one", "One", requirement), record)


def option(key: str, *, is_placed: bool = False) -> AchievementOption:
    """Return an achievement as the forms offer it."""
    is_award = key in ("algorithms", "data", "practitioner")
    return AchievementOption(
        uuid=uuid_of(key),
        key=key,
        name=NAMES[key],
        description=f"What you can do after {NAMES[key]}.",
        scale="0-1" if is_award else "0-100",
        credits=Decimal("10") if is_award else Decimal("2.5"),
        is_award=is_award,
        is_placed=is_placed,
    )


def evidence(key: str, state: str = "submitted", note: str = "") -> EvidenceView:
    """Return a piece of evidence that Amara has handed in."""
    return EvidenceView(
        uuid=uuid_of(f"evidence:{key}:{state}"),
        learner_uuid=uuid_of("amara"),
        learner_name="Amara Nwosu",
        achievement_uuid=uuid_of(key),
        achievement_name=NAMES[key],
        scale="0-100",
        text="I cleaned the harbour's 2025 tide tables.\nThe notebook shows each step.",
        url="https://example.org/notebook",
        state=state,
        submitted_at=NOW,
        decided_at=None if state == "submitted" else NOW,
        decision_note=note,
    )


def _fact(fact: Completion | Award) -> FactView:
    is_award = isinstance(fact, Award)
    value = None if isinstance(fact, Award) else fact.grade
    return FactView(
        name=NAMES.get(fact.achievement, fact.achievement),
        on=fact.awarded_on if isinstance(fact, Award) else fact.completed_on,
        grade=value.value if value else None,
        scale="0-100",
        credits=fact.credits,
        source="stack" if is_award else "teacher",
        course="" if is_award else "Algorithms in Practice",
        is_award=is_award,
        is_recognised=False,
    )


def progress_view(
    *,
    stacks: tuple[StackView, ...] | None = None,
    record: LearnerRecord = RECORD,
    handed_in: tuple[EvidenceView, ...] | None = None,
) -> ProgressView:
    """Return the page of Amara: one award held, one near, one larger."""
    if handed_in is None:
        handed_in = (
            evidence("charts"),
            evidence("cleaning", "returned", "Please show the units of each column."),
        )
    views = stacks or tuple(stack_view(stack, record) for stack in STACKS)
    held: list[Completion | Award] = [*record.completions, *record.awards]
    facts = {fact.id: _fact(fact) for fact in held}
    return ProgressView(
        learner_uuid=uuid_of("amara"),
        learner_name="Amara Nwosu",
        course_title="Algorithms in Practice",
        as_of=TODAY,
        known_on=NOW,
        stacks=views,
        names=NAMES,
        facts=facts,
        evidence=handed_in,
        competencies=tuple(
            option(key) for key in NAMES if key not in ("algorithms", "data", "practitioner")
        ),
    )


def completion_row(
    key: str, score: ScoreState | None, *, is_withdrawn: bool = False
) -> CompletionRow:
    """Return one completion that was recorded in the course."""
    return CompletionRow(
        uuid=uuid_of(f"completion:{key}"),
        achievement_name=NAMES[key],
        grade=Decimal(82),
        scale="0-100",
        completed_on=date(2026, 5, 12),
        note="Oral exam, second attempt",
        is_withdrawn=is_withdrawn,
        score=score,
    )


def roster_view() -> RosterView:
    """Return a course of four learners with everything a teacher may meet."""
    amara = RosterRow(
        uuid_of("amara"),
        "Amara Nwosu",
        True,
        (
            completion_row("sorting", ScoreState("done", "")),
            completion_row("graphs", ScoreState("pending", "")),
            completion_row("sql", ScoreState("failed", "The gradebook answered 403.")),
            completion_row("cleaning", None, is_withdrawn=True),
        ),
        ("Algorithms in Practice",),
    )
    others = tuple(
        RosterRow(uuid_of(name), name, is_active, (), ())
        for name, is_active in (
            ("Chloé Lefèvre-Martin", True),
            ("فريد الحداد", True),
            ("佐藤 花", False),
        )
    )
    return RosterView(
        course_title="Algorithms in Practice",
        synced_at=NOW,
        achievements=tuple(option(key, is_placed=key == "sorting") for key in NAMES),
        rows=(amara, *others),
        evidence=(evidence("charts"),),
        reviews=(
            ReviewRow(
                "Daniel Kim",
                "Data Skills",
                "The completion of SQL foundations was withdrawn: entered for the wrong person.",
                NOW,
            ),
        ),
    )
