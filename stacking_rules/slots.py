"""What forms are made of: plain data with slots, that phrases say in any language.

A *place* is where something is said (a requirement, a clause, a test ...); each of its forms has
a key under which a table of phrases gives the words. A form is plain data with slots in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WORDS = ("word", "value", "number", "text", "label")
"""What a slot holds beside places: a name; a name, number or yes/no; a number; quoted text; a name
between marks, which may look like any word."""


@dataclass(frozen=True, slots=True)
class One:
    """A slot for one thing: one of WORDS, or whatever can be said at a place."""

    what: str


@dataclass(frozen=True, slots=True)
class Many:
    """A slot for several things of a kind, told apart by the words called ``join``.

    ``shape`` is "list", "values" (one of them stands alone) or "mapping" (each is an entry).
    """

    what: str
    join: str = "and"
    least: int = 1
    shape: str = "list"


@dataclass(frozen=True, slots=True)
class Key:
    """The only name of a mapping, itself a slot."""

    what: str = "word"


@dataclass(frozen=True, slots=True)
class Block:
    """What the lines below say, each at ``place``: a list, or the only one of them."""

    place: str
    is_single: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What one phrase stands for.

    ``data`` holds the slots; ``parts`` are places that say further fields of the same mapping
    ("where?" is optional). A line may say a field of what stands above it: ``into`` names it, and
    ``how`` says whether it is "one", an entry of a "list", of a "map" ("key" and "value"), or a
    "keyed" mapping (with its name under "key"). Places of the lines ``below`` it say its other
    fields. What says nothing but the field ``bare`` may stand alone in place of the mapping ("":
    true for an empty one).
    """

    data: object = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    into: str = ""
    how: str = "one"
    below: tuple[str, ...] = ()
    bare: str | None = None


Forms = Mapping[str, Mapping[str, Form]]

WORD, VALUE, NUMBER, TEXT, LABEL = (One(what) for what in WORDS)
NAMES = Many("word")
VALUES = Many("value", "or", shape="values")
TEST, SPAN, DAY, MEASURES = One("test"), One("span"), One("day"), One("measures")


def form(data: object, *parts: str) -> Form:
    """Return the form of something said within a line."""
    return Form(data, parts)
