"""What is wrong or surprising in a draft: the engine's words, each at its place in the text."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lti_tool.building.declaring import take_up
from lti_tool.building.text import Plain
from lti_tool.building.tree import kind_of, listed
from lti_tool.lint_words import say
from lti_tool.stack_text import document_of
from lti_tool.translating import _
from stacking_rules import (
    AchievementText,
    CircularStackError,
    Document,
    DocumentError,
    LimitExceededError,
    Stack,
    in_award_order,
    lint,
)
from stacking_rules.places import pointer_to

ERROR = "error"
SEVERITIES = (ERROR, "warning", "info")
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Known:
    """An achievement of the institution's catalogue, as a draft may name it."""

    key: str
    name: str
    credits: Decimal
    scale: str
    is_award: bool
    description: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to correct or to know: where (a JSON pointer), how grave, in words.

    What the engine's reader says is in English, in every language.
    """

    place: str
    severity: str
    words: str
    is_of_reader: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft as a document, None while it is none yet, and what is to be said about it."""

    document: Document | None
    remarks: tuple[Remark, ...]

    @property
    def is_publishable(self) -> bool:
        """Whether nothing stands in the way."""
        return self.document is not None and not any(r.severity == ERROR for r in self.remarks)


def check(
    data: Plain,
    catalogue: Sequence[Known],
    published: Sequence[Stack] = (),
    declared: Mapping[str, Any] = NOTHING,
) -> Checked:
    """Check a draft against the engine and the catalogue; remarks in the order of the text.

    ``published`` are the institution's current stacks: awards may need each other through them.
    ``declared`` are its scales, terms and so on.
    """
    found = list(_empty(data))
    whole = with_catalogue(data, catalogue, declared)
    try:
        document = document_of(whole)
    except DocumentError as error:
        if not any(error.address.startswith(remark.place) for remark in found):
            found.append(Remark(error.address, ERROR, error.message, is_of_reader=True))
        return Checked(None, tuple(found))
    except (LimitExceededError, RecursionError) as error:
        return Checked(None, (*found, Remark("", ERROR, str(error), is_of_reader=True)))
    awards = {one.key for one in catalogue if one.is_award}
    found += _linted(document, whole, awards)
    found += _circles(document, published)
    found += _named_scales(document)
    return Checked(document, tuple(dict.fromkeys(found)))


def with_catalogue(
    data: Plain, catalogue: Sequence[Known], declared: Mapping[str, Any] = NOTHING
) -> Plain:
    """Return a copy of a draft that also declares what it takes from its institution."""
    whole: Plain = take_up(copy.deepcopy(data), declared)
    named = set(_named(whole["stacks"]))
    known = {
        one.key: _declaration(one) for one in catalogue if one.key in named and not one.is_award
    }
    own = whole.get("achievements") or {}
    if known or own:
        whole["achievements"] = {**known, **own}
    return whole


def _declaration(known: Known) -> Plain:
    said: Plain = {"name": known.name}
    if known.credits:
        said["credits"] = known.credits
    if known.description:
        said["description"] = known.description
    if known.scale != "0-100":
        said["scale"] = known.scale
    return said


def _named(data: Any) -> Iterator[str]:
    """Yield every text in plain data: keys of achievements are among them."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _named(value)
    elif isinstance(data, list):
        for value in data:
            yield from _named(value)


def _empty(data: Plain) -> Iterator[Remark]:
    """Find groups without parts: the engine speaks of lists, and of the first one only."""

    def look(node: Any, place: str) -> Iterator[Remark]:
        if (
            not isinstance(node, dict)
            or not kind_of(node)
            or kind_of(node) in ("completed", "award")
        ):
            return
        name = next(name for name in ("all", "any", "none", "of") if name in node)
        parts = listed(node)
        if not parts:
            words = _("Nothing stands in this group yet. Add something below, or remove the group.")
            yield Remark(place, ERROR, words)
        for index, part in enumerate(parts):
            yield from look(part, f"{place}/{name}/{index}")

    for index, stack in enumerate(data["stacks"]):
        yield from look(stack.get("requires"), f"/stacks/{index}/requires")


def _linted(document: Document, whole: Plain, awards: set[str]) -> Iterator[Remark]:
    for finding in lint(document):
        if finding.code == "unknown-award" and finding.values.get("key") in awards:
            continue
        severity = finding.severity
        words = say(finding)
        if finding.code == "unknown-award":
            severity = ERROR
            words = _(
                "There is no award '{key}' here or in the catalogue.", key=finding.values.get("key")
            )
        stack = document.stacks[finding.position] if finding.stack else None
        yield Remark(pointer_to(finding, stack, whole), severity, words)


def named_scale_of(achievement: AchievementText, document: Document) -> str:
    """Return why an achievement cannot be published, "" if it can.

    Results are recorded as numbers: a scale whose grades have names is for rules alone.
    """
    if achievement.scale not in document.definitions.scales:
        return ""
    return (
        f"Results of '{achievement.key}' are recorded as numbers, so it cannot be graded on the "
        f"scale {achievement.scale}. Take the scale away here, and ask for the grade in the rule: "
        "a conversion table leads from 0-100 to it."
    )


def _named_scales(document: Document) -> Iterator[Remark]:
    for one in document.achievements:
        if words := named_scale_of(one, document):
            yield Remark(f"/achievements/{one.key}/scale", ERROR, words)


def _circles(document: Document, published: Sequence[Stack]) -> Iterator[Remark]:
    known: Mapping[str, Stack] = {stack.key: stack for stack in (*published, *document.stacks)}
    if any(finding.code == "circular" for finding in lint(document)):
        return
    try:
        in_award_order(list(known.values()))
    except CircularStackError as error:
        way = " -> ".join(error.path)
        words = _("These awards need each other: {way}. None of them can ever be made.", way=way)
        yield Remark("/stacks/0", ERROR, words)
