"""The forms of requirements, clauses, tests and days."""

from __future__ import annotations

from stacking_rules.slots import (
    DAY,
    LABEL,
    MEASURES,
    NAMES,
    NUMBER,
    SPAN,
    TEST,
    TEXT,
    VALUE,
    VALUES,
    WORD,
    Block,
    Form,
    Forms,
    Key,
    Many,
    One,
    form,
)


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
SHARING = "sharing"
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
