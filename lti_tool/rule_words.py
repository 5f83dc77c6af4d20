"""Words for what the rules engine says; it says ids and values. Only PROOF is translated."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.translating import Words
from stacking_rules import Message

STATUS = {
    "met": "is met",
    "not-met": "is not met yet",
    "unknown": "cannot be answered: something is not recorded",
    "not-decided": "was not decided: the search reached its limit",
}

KINDS = {
    "completed": "{achievement} completed",
    "completed.graded": "{achievement} completed with {grade} ({scale}) or better",
    "earned": "award {achievement} held",
    "attested": "{achievement} attested",
    "credits": "{have} of {need} credits",
    "points": "{have} of {need} points",
    "items": "{have} of {need} items",
    "all": "{have} of {need} parts",
    "any": "{have} of {need} parts",
    "at-least": "{have} of {need} parts",
    "none": "none of {parts}",
    "limit": "no more than {need}, and {have} are held",
    "learner": "a condition on the learner",
    "choice": "what the condition asks for",
    "waived": "by exception",
    "clause.open": "open on this day",
    "clause.window": "within the time allowed",
    "clause.after": "in order",
    "clause.together": "valid at one time",
    "clause.least": "of which at least {need} {unit}: {have}",
    "clause.most": "of which no more than {need} {unit}: {have}",
    "clause.portion": "the share: {have} of {need} {unit}",
    "clause.distinct": "different ones: {have} of {need}",
    "clause.same": "all of one kind",
    "clause.mean": "mean grade {have}, {need} needed",
    "clause.cap": "of these at most {need} {unit} count: {have}",
    "clause.best": "the best {need}",
    "clause.share": "shared between two requirements: {have}",
    "clause.once": "in at most {need} places",
    "clause.bundle": "together or not at all",
    "clause.carry": "surplus for the next cycle",
}

UNUSED = {
    "below-grade": "the grade is too low",
    "grade-missing": "no grade is recorded",
    "other-scale": "the grade is on another scale",
    "other-kind": "it is of another kind",
    "data-missing": "what is needed to know is not recorded",
    "pending": "it is not confirmed yet",
    "not-done": "it is not finished",
    "expired": "it is no longer valid",
    "excluded": "an exception excludes it",
    "barred": "{barriers} keeps it out",
    "used-elsewhere": "it counts elsewhere",
    "not-needed": "it is not needed",
}

PROOF = Words(
    {
        "sum": "Together they ask for {demand}; all that is held for any of them is {supply}.",
        "search": "Every way to place what is held was tried (at most {limit} decisions).",
        "solver": "The search reached its limit; a solver found in two runs that there is no way.",
        "given": "This does not depend on what counts where.",
        "open": "The search reached its limit: this is no proof.",
    }
)


def say(message: Message) -> str:
    """Return the sentence of a message of the engine."""
    kind, _, status = message.key.rpartition(".")
    template = KINDS.get(kind, kind)
    values = dict.fromkeys(("achievement", "grade", "scale", "unit", "parts"), "?")
    words = template.format_map(values | {k: str(v) for k, v in message.values.items()})
    return f"{words}: {STATUS.get(status, status)}"


def fill(template: str, values: Mapping[str, object]) -> str:
    """Return ``template`` with ``values`` in their places."""
    return template.format_map({name: str(value) for name, value in values.items()})
