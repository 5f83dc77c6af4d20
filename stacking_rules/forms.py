"""The forms of plain data that phrases can say: what a sentence stands for, in any language.

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


def _requirement(data: object, *parts: str, bare: str | None = None) -> Form:
    return Form(data, ("title?", "id?", "rule?", *parts), below=("clause",), bare=bare)


def _clause(into: str, how: str, data: object, *parts: str, bare: str | None = None) -> Form:
    return Form(data, ("id?", "rule?", *parts), into=into, how=how, bare=bare)


REQUIREMENT = {
    "completed": _requirement({"completed": WORD}, "graded?", "where?", bare="completed"),
    "award": _requirement({"award": WORD}, "where?"),
    "attested": _requirement({"attested": WORD}, "where?"),
    "all-named": _requirement({"all": NAMES}),
    "any-named": _requirement({"any": Many("word", "or")}),
    "none-named": _requirement({"none": Many("word", "or")}),
    "at-least-named": _requirement({"at_least": NUMBER, "of": NAMES}),
    "all": _requirement({"all": Block("requirement")}),
    "any": _requirement({"any": Block("requirement")}),
    "none": _requirement({"none": Block("requirement")}),
    "at-least": _requirement({"at_least": NUMBER, "of": Block("requirement")}),
    "amount": _requirement(
        {}, "measures", *("of?", "among?", "graded?", "factors?", "where?", "use?")
    ),
    "nothing": _requirement({"at_most": {"items": 0}}, "of?", "where?"),
    "limit": _requirement({"at_most": MEASURES}, "of?", "where?"),
    "learner": _requirement({"learner": TEST}),
    "choice": _requirement({}),
}

_OF_WHICH = ("of_which", "list")
SHARING = "share"
"""What documents call the budget that two requirements may share."""

CLAUSE = {
    "if": Form({"if": Block("requirement", is_single=True)}),
    "then": Form({"then": Block("requirement", is_single=True)}),
    "else": Form({"else": Block("requirement", is_single=True)}),
    "filter": _clause("filters", "list", {"where": TEST}),
    "open": _clause("open", "one", {}, "from-day?", "until-day?"),
    "window": _clause("window", "one", {"within": SPAN}),
    "window-started": _clause("window", "one", {"within": SPAN, "from": "started"}),
    "terms": _clause("window", "one", {"terms": NUMBER}),
    "terms-started": _clause("window", "one", {"terms": NUMBER, "from": "started"}),
    "after": _clause("after", "one", {"of": WORD}, bare="of"),
    "after-strict": _clause("after", "one", {"of": WORD, "strict": True}),
    "after-on": _clause("after", "one", {"of": WORD, "by": "on"}),
    "after-on-strict": _clause("after", "one", {"of": WORD, "by": "on", "strict": True}),
    "together": _clause("together", "one", {}, bare=""),
    "grace-year": _clause("grace", "one", {"end_of": "year"}),
    "grace": _clause("grace", "one", {}, "span"),
    "least": _clause(*_OF_WHICH, {}, "measures", "work?"),
    "most": _clause(*_OF_WHICH, {"at_most": MEASURES}, "work?"),
    "needed": _clause(
        *_OF_WHICH,
        {"share": WORD, "unit": One("unit"), "base": "needed"},
        *("round?", "printed?", "work?"),
    ),
    "portion": _clause(*_OF_WHICH, {"share": WORD, "unit": One("unit")}, "work?"),
    "portion-most": _clause(*_OF_WHICH, {"share_at_most": WORD, "unit": One("unit")}, "work?"),
    "distinct": _clause(*_OF_WHICH, {"distinct": WORD, "at_least": NUMBER}, "work?"),
    "same": _clause(*_OF_WHICH, {"same": WORD}, "work?"),
    "mean": _clause(*_OF_WHICH, {"mean": NUMBER}, "on-scale?", "weight?", "over?", "work?"),
    "share": _clause(SHARING, "list", {"between": NAMES}, "sharing?", "unique?"),
    "once": _clause("once", "one", {"times": 1}, bare="times"),
    "times": _clause("once", "one", {"times": NUMBER}, bare="times"),
    "bundle": _clause("bundles", "list", {"of": NAMES}),
    "cap": _clause("caps", "list", {"at_most": MEASURES}, "work?"),
    "best": _clause("best", "one", {"count": NUMBER}, bare="count"),
    "rollover": _clause("rollover", "one", {"at_most": MEASURES}, "work?"),
}

PARTS: Forms = {
    "title": {"title": form({"title": TEXT})},
    "id": {"id": form({"id": LABEL})},
    "rule": {"rule": form({"rule": Many("label", "labels")})},
    "where": {"where": form({"where": TEST})},
    "work": {"work": form({"where": TEST})},
    "graded": {
        "grade-scale": form({"grade": VALUE, "scale": WORD}),
        "grade": form({"grade": VALUE}),
        "scale": form({"scale": WORD}),
    },
    "on-scale": {"scale": form({"scale": WORD}), "framework": form({"framework": WORD})},
    "of": {
        "awards": form({"of": Many("award")}),
        "statements": form({"of": Many("statement")}),
        "of": form({"of": Many("item")}),
    },
    "award": {"award": form({"award": WORD})},
    "statement": {"statement": form({"attested": WORD})},
    "item": {
        "item": form(WORD),
        "award": form({"award": WORD}),
        "statement": form({"attested": WORD}),
    },
    "among": {
        "awards": form({"among": "awards"}),
        "attestations": form({"among": "attestations"}),
        "all": form({"among": "all"}),
    },
    "factors": {"factors": form({"factors": Many("factor", shape="mapping")})},
    "factor": {"factor": form({Key(): NUMBER})},
    "use": {"overlay": form({"use": "overlay"})},
    "measures": {"measures": form(Many("measure", shape="mapping"))},
    "measure": {
        "credit": form({"credits": 1}),
        "credits": form({"credits": NUMBER}),
        "point": form({"points": 1}),
        "points": form({"points": NUMBER}),
        "item": form({"items": 1}),
        "items": form({"items": NUMBER}),
    },
    "unit": {"credits": form("credits"), "items": form("items"), "points": form("points")},
    "from-day": {"from": form({"from": WORD})},
    "until-day": {"until": form({"until": WORD})},
    "round": {"up": form({"round": "up"}), "down": form({"round": "down"})},
    "printed": {"printed": form({"printed": NUMBER})},
    "weight": {"items": form({"weight": "items"})},
    "over": {"attempted": form({"over": "attempted"})},
    "sharing": {"sharing": form({"at_most": MEASURES})},
    "unique": {"unique": form({"unique": NUMBER})},
}

DAYS: Forms = {
    "span": {"span": form(Many("length", shape="mapping"))},
    "length": {
        "year": form({"years": 1}),
        "years": form({"years": NUMBER}),
        "month": form({"months": 1}),
        "months": form({"months": NUMBER}),
        "day": form({"days": 1}),
        "days": form({"days": NUMBER}),
    },
    "day": {
        "event": form({"event": WORD}, "year-end?", "plus?", "minus?"),
        "award": form({"award": WORD}, "year-end?", "plus?", "minus?"),
        "expiry": form({"expiry": WORD}, "year-end?", "plus?", "minus?"),
        "completed": form({"completed": WORD}, "year-end?", "plus?", "minus?"),
        "asked": form({"asked": True}, "year-end?", "plus?", "minus?"),
    },
    "plus": {"plus": form({"plus": SPAN})},
    "minus": {"minus": form({"minus": SPAN})},
    "year-end": {"year-end": form({"end_of": "year"})},
}

_DATE = Key("date-name")
TESTS: Forms = {
    "test": {
        "any": form({"any": Many("every", "either", least=2)}),
        "every": form(One("every")),
    },
    "every": {"every": form(Many("entry", "every", shape="mapping"))},
    "entry": {
        "any": form({"any": Many("every", "either", least=2)}),
        "any-one": form({"any": Many("every", "either")}),
        "all": form({"all": Many("every", "both", least=2)}),
        "all-one": form({"all": Many("every", "both")}),
        "not": form({"not": TEST}),
        "grade-scale": form({"grade": {"at_least": VALUE, "scale": WORD}}),
        "grade": form({"grade": {"at_least": VALUE}}),
        "used-in": form({"used_in": VALUES}),
        "not-used-in": form({"used_in": {"not": VALUES}}),
        "last-at": form({_DATE: {"last": SPAN, "at": DAY}}),
        "last": form({_DATE: {"last": SPAN}}),
        "days": form({_DATE: Many("day-bound", "every", shape="mapping")}),
        "known": form({Key("name"): {"known": True}}),
        "unknown": form({Key("name"): {"known": False}}),
        "is-not": form({Key("name"): {"not": VALUES}}),
        "is": form({Key("name"): VALUES}),
        "compare": form({Key("name"): One("comparison")}),
    },
    "date-name": {"on": form("on"), "started": form("started"), "recorded": form("recorded")},
    "name": {
        "on": form("on"),
        "started": form("started"),
        "recorded": form("recorded"),
        "grade": form("grade"),
        "credits": form("credits"),
        "achievement": form("achievement"),
        "uses": form("uses"),
        "used-in": form("used_in"),
        "name": form(WORD),
    },
    "comparison": {"bounds": form({}, "bounds", "on-scale?")},
    "bounds": {"bounds": form(Many("bound", "every", shape="mapping"))},
    "bound": {
        name: form({name.replace("-", "_"): One("limit")})
        for name in ("at-least", "at-most", "above", "below")
    },
    "day-bound": {
        name: form({name.replace("-", "_"): One("limit")})
        for name in ("at-least", "at-most", "above", "below")
    },
    "limit": {"value": form(VALUE), "day": form(DAY)},
}


STACK = {
    "description": form({"description": TEXT}),
    "credit": form({"credits": 1}),
    "credits": form({"credits": NUMBER}),
    "type": form({"type": WORD}),
    "version": form({"version": NUMBER}),
    "in-force": form({}, "from-day?", "until-day?"),
    "bound": form({"binding": {"policy": "bound", "event": WORD}}),
    "best": form({"binding": {"policy": "best", "event": WORD}}),
    "repeats-latest": form({"repeats": "latest"}),
    "repeats-first": form({"repeats": "first"}),
    "repeats-none": form({"repeats": "none"}),
    "throughout": form({"valid": "throughout"}),
    "lasts-year": Form({"end_of": "year"}, into="lasts"),
    "lasts": Form({}, ("span", "to-year-end?"), into="lasts"),
    "on-application": form({"issue": "on-application"}, "issue-rule?"),
    "opt-out": form({"issue": "opt-out"}, "issue-rule?"),
    "automatic": form({}, "issue-rule"),
    "never": form({"consume": "never"}, "ledger-rule?"),
    "bank": form({"consume": "bank"}, "ledger-rule?"),
    "within-award": form({}, "ledger-rule"),
    "credit-kind": form({"credit_kind": WORD}),
    "supersedes": form({"supersedes": NAMES}),
    "requires": form({"requires": Block("requirement", is_single=True)}),
    "renewal": Form(
        {"requires": Block("requirement", is_single=True)}, ("opens?", "rule?"), into="renewal"
    ),
    "award-level-at": Form(
        {"name": TEXT, "at": WORD, "need": NUMBER}, into="award_levels", how="list"
    ),
    "award-level": Form({"name": TEXT, "need": NUMBER}, into="award_levels", how="list"),
    "definitions": Form({}, into="definitions", below=("definition",)),
}

STACK_PARTS: Forms = {
    "headed": {"headed": form({"title": TEXT})},
    "issue-rule": {"issue-rule": form({"issue_rule": Many("label", "labels")})},
    "ledger-rule": {"ledger-rule": form({"ledger_rule": Many("label", "labels")})},
    "to-year-end": {"to-year-end": form({"end_of": "year"})},
    "opens": {"opens": form({"opens": SPAN})},
}


def _listed(into: str, data: Mapping[str, object], *parts: str) -> Form:
    return Form(data, parts, into=into, how="list")


_PERIOD = ("since?", "until-day?")
DEFINITION = {
    "zone": form({"zone": WORD}),
    "scale": Form(
        {"key": WORD, "value": Many("points", "listed", shape="mapping")}, into="scales", how="map"
    ),
    "order": Form({"key": WORD, "value": Many("word", "listed")}, into="scales", how="map"),
    "no-scales": form({"scales": {}}),
    "table": _listed(
        "tables",
        {"from": WORD, "to": WORD, "rows": Many("row", "listed", shape="mapping")},
        *_PERIOD,
    ),
    "levels": _listed(
        "levels",
        {"from": WORD, "to": WORD, "rows": Many("row", "listed", shape="mapping")},
        *_PERIOD,
    ),
    "equivalent": _listed("equivalent", {"same": NAMES}, *_PERIOD),
    "accepted": _listed("accepted", {"for": WORD, "instead": WORD}, *_PERIOD),
    "term": _listed("terms", {"name": WORD, "from": WORD, "to": WORD}),
    "rate": _listed("rates", {"from": WORD, "to": WORD, "rate": WORD}, "quantum?"),
    "achievement": Form(
        {"key": WORD},
        ("named?", "worth?", "marked?", "attributes?"),
        into="achievements",
        how="keyed",
        below=("achievement",),
    ),
}

ACHIEVEMENT = {
    "description": form({"description": TEXT}),
    "retired-for": form({"status": "retired", "replaced_by": WORD}),
    "retired": form({"status": "retired"}),
    "replaced": form({"replaced_by": WORD}),
    "repeatable": form({"repeatable": NUMBER}),
    "splittable": form({"splittable": NUMBER}),
}

DEFINITION_PARTS: Forms = {
    "points": {"points": form({Key(): NUMBER})},
    "row": {"row": form({Key(): VALUE})},
    "since": {"since": form({"since": WORD})},
    "quantum": {"quantum": form({"quantum": NUMBER})},
    "named": {"named": form({"name": TEXT})},
    "worth": {"credit": form({"credits": 1}), "credits": form({"credits": NUMBER})},
    "marked": {"marked": form({"scale": WORD})},
    "attributes": {
        "attributes": form({"attributes": Many("attribute", "attributes", shape="mapping")})
    },
    "attribute": {"attribute": form({Key(): Many("value", shape="values")})},
}

DOCUMENT = {
    "format": form({"quoin": NUMBER}),
}
AWARD = {
    "stack": Form({"key": WORD}, ("headed?",), into="stacks", how="list", below=("stack",)),
}

FORMS: Forms = {
    "document": DOCUMENT,
    "definition": DEFINITION,
    "achievement": ACHIEVEMENT,
    "award-rule": AWARD,
    "stack": STACK,
    "requirement": REQUIREMENT,
    "clause": CLAUSE,
    **PARTS,
    **DAYS,
    **TESTS,
    **STACK_PARTS,
    **DEFINITION_PARTS,
}
TOP = ("document", "definition", "award-rule")
"""Places of the lines that stand at the top of a document."""
