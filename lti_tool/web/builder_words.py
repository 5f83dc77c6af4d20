"""Rules, differences and made-up learners in words, with names in place of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lti_tool.building.comparing import StackChange
from lti_tool.building.declaring import in_words
from lti_tool.building.learners import Made
from lti_tool.building.text import Plain
from lti_tool.rule_reading import Reader, clause_lines, requirement_lines, stack_lines
from lti_tool.stack_text import document_of
from lti_tool.stack_yaml import dump
from lti_tool.translating import Words, _, listed, marked, number
from lti_tool.web import wording
from stacking_rules import (
    Document,
    DocumentError,
    Fact,
    LimitExceededError,
    Requirement,
    Stack,
    Status,
    Step,
)
from stacking_rules.differences import Difference
from stacking_rules.made_records import facts_of

KINDS = Words(
    {
        "all": "all of these",
        "any": "at least one of these",
        "at_least": "at least this many of these",
        "none": "none of these",
        "credits": "at least this many credits of these",
        "items": "at least this many items of these",
    }
)
STATES = Words(
    {
        "draft": "Draft",
        "in-review": "In review",
        "approved": "Approved",
        "published": "Published",
    }
)
DIFFERENCES = {
    "added": marked("{at}: {name} is new."),
    "removed": marked("{at}: {name} is gone."),
    "raised": marked("{at}: {name} is raised from {before} to {after}."),
    "lowered": marked("{at}: {name} is lowered from {before} to {after}."),
    "options": marked("{at}: no longer counts: {before}; counts now: {after}."),
    "changed": marked("{at}: {name} was {before} and is {after}."),
}
WHOLE = marked("The whole rule")
NOTHING = marked("nothing")
NEW_STACK = marked("The award {title} is new.")


def stack_sentences(document: Document, stack: Stack, names: Mapping[str, str]) -> str:
    """Return one stack as sentences, with names."""
    worth = document.award_credits.get(stack.key)
    lines = stack_lines(stack, names, award_credits=worth, shared=document.definitions)
    return "\n".join(lines)


def part_sentence(node: Any, names: Mapping[str, str]) -> str:
    """Return what one requirement says; its YAML where it is none yet."""
    read = _read(node)
    if read is None:
        return dump(node)
    return "\n".join(line.strip() for line in requirement_lines(read, Reader(names)))


def clauses_sentence(node: Plain, names: Mapping[str, str]) -> str:
    """Return what a group says beside its parts."""
    read = _read(node)
    return "" if read is None else "\n".join(clause_lines(read, Reader(names)))


def _read(node: Any) -> Requirement | None:
    try:
        document = document_of({"quoin": 2, "stacks": [{"key": "part", "requires": node}]})
    except (DocumentError, LimitExceededError):
        return None
    return document.stacks[0].requires


def scales(declared: Mapping[str, Any], draft: Plain) -> dict[str, str]:
    """Return the scales on which a draft may grade, by name with the grades in words."""
    own = draft.get("scales")
    found = {**declared.get("scales", {}), **(own if isinstance(own, dict) else {})}
    return {
        str(key): f"{key}: {', '.join(map(str, grades))}"
        for key, grades in found.items()
        if isinstance(grades, dict | list)
    }


def difference(found: Difference, names: Mapping[str, str]) -> str:
    """Return one change of a rule in words."""
    steps = [names.get(step, step) for step in found.address.split("/") if step]
    return _(
        DIFFERENCES[found.kind],
        at=", ".join(steps) or _(WHOLE),
        name=names.get(found.name, found.name),
        before=_keys(found.before, names),
        after=_keys(found.after, names),
    )


def changes(found: Sequence[StackChange] | None, names: Mapping[str, str]) -> list[str]:
    """Return what one text of a draft changed in another; nothing where one is not whole."""
    told = []
    for change in found or ():
        if not change.version:
            told.append(_(NEW_STACK, title=change.title))
        told += changed(change, names)
    return told


def changed(change: StackChange, names: Mapping[str, str]) -> list[str]:
    """Return what differs in one stack, and in what it stands on."""
    told = [difference(one, names) for one in change.differences]
    return told + [in_words(one) for one in change.declared]


def _keys(text: str, names: Mapping[str, str]) -> str:
    return ", ".join(names.get(part, part) for part in text.split(", ")) or _(NOTHING)


def learner(made: Made, names: Mapping[str, str]) -> str:
    """Return a made-up learner in words: what they hold, and what is missing."""
    held = listed([_fact(fact, names) for fact in facts_of(made.record)], joint="and")
    values = {"name": made.name, "held": held or _(NOTHING)}
    if made.progress.status is Status.MET:
        return _("{name} qualifies: has {held}.", **values)
    if not made.steps:
        return _(
            "{name} does not qualify: has {held}. Nothing that can be added changes this.",
            **values,
        )
    lacking = missing(made.steps, names)
    return _("{name} does not qualify: has {held}. Missing: {steps}", **values, steps=lacking)


def _fact(fact: Fact, names: Mapping[str, str]) -> str:
    words = names.get(fact.achievement, fact.achievement)
    if fact.grade is not None:
        grade = fact.grade.text or number(fact.grade.value)
        words = _("{name} (grade {grade})", name=words, grade=grade)
    return words


def missing(steps: Sequence[Step], names: Mapping[str, str]) -> str:
    """Return what a learner still needs, with what there is to choose from."""
    return " ".join(_step(step, names) for step in steps)


def _step(step: Step, names: Mapping[str, str]) -> str:
    words = wording.step(step, names).removesuffix(".")
    if not wording.has_choice(step):
        return f"{words}."
    options = listed([names.get(key, key) for key in step.options])
    return _("{step}: {options}.", step=words, options=options)
