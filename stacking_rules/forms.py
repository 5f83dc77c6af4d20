"""The forms of plain data that phrases can say: all of a document, by place."""

from __future__ import annotations

from collections.abc import Mapping

from stacking_rules.forms_of_rules import CLAUSE, DAYS, PARTS, REQUIREMENT, TESTS
from stacking_rules.slots import (
    NAMES,
    NUMBER,
    SPAN,
    TEXT,
    VALUE,
    WORD,
    Block,
    Form,
    Forms,
    Key,
    Many,
    form,
)

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
