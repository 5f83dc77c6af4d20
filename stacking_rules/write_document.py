"""From stacks and what a document declares back to plain data that reads as the same document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from stacking_rules.clauses import Filter
from stacking_rules.definitions import AchievementText, Definitions, Rate, Scale, Table
from stacking_rules.documents import Document
from stacking_rules.facts import HUNDRED
from stacking_rules.formats import CURRENT
from stacking_rules.selection import AllTests, Anchor, Compare
from stacking_rules.spans import Span
from stacking_rules.stacks import RENEWAL, ROOT, Binding, Level, Renewal, Stack
from stacking_rules.write import write_requirement
from stacking_rules.write_test import Plain, write_number, write_span, write_values

SMALLEST = Decimal("0.000001")
NOTHING = Definitions()


def write_document(document: Document, stacks: tuple[Stack, ...] | None = None) -> Plain:
    """Return ``document`` as plain data, with all its stacks or only ``stacks``.

    It is the shortest that reads as equal stacks and definitions; the content hash is that of
    the new text.
    """
    chosen = document.stacks if stacks is None else stacks
    return {
        "quoin": CURRENT,
        **write_definitions(document.definitions),
        "stacks": [
            write_stack(stack, document.definitions, document.award_credits.get(stack.key))
            for stack in chosen
        ],
    }


def write_stack(
    stack: Stack, shared: Definitions = NOTHING, award_credits: Decimal | None = None
) -> Plain:
    """Return ``stack`` as plain data; ``shared`` is what its document declares.

    ``award_credits`` is what its award is worth in larger stacks.
    """
    said = {
        "title": (stack.title, stack.key),
        "description": (stack.description, ""),
        "credits": (award_credits or Decimal(0), 0),
        "type": (stack.award_type, ""),
        "version": (stack.version, 1),
    }
    rule: Plain = {"requires": write_requirement(stack.requires)}
    if stack.renewal is not None:
        rule["renewal"] = _renewal(stack.key, stack.renewal)
    item: Plain = {"key": stack.key}
    item |= {name: _plain(value) for name, (value, default) in said.items() if value != default}
    item |= _dates(stack.since, stack.until, "from") | _binding(stack.binding) | _terms(stack)
    item |= _with_names(rule, stack.definitions.scales)
    if stack.levels:
        item["award_levels"] = [_level(level) for level in stack.levels]
    if stack.definitions != shared:
        item["definitions"] = _own(stack.definitions, shared)
    return item


def _level(level: Level) -> Plain:
    at: Plain = {} if level.at == ROOT else {"at": level.at}
    return {"name": level.name, **at, "need": write_number(level.need)}


def _with_names(data: Plain, scales: Mapping[str, Scale]) -> Plain:
    """Return ``data`` with the bounds on grades of declared scales called by their names."""

    def named(value: object, key: str = "") -> object:
        if isinstance(value, list):
            return [named(entry) for entry in value]
        if not isinstance(value, dict):
            return value
        scale = value.get("scale") if key == "grade" else None
        return {
            name: _grade(entry, scale, scales) if scale in scales else named(entry, name)
            for name, entry in value.items()
        }

    return {name: named(value) for name, value in data.items()}


def _grade(entry: object, scale: object, scales: Mapping[str, Scale]) -> object:
    is_bound = isinstance(entry, int | Decimal)
    return _names(Decimal(str(entry)), str(scale), scales)[0] if is_bound else entry


def _plain(value: object) -> object:
    return write_number(value) if isinstance(value, Decimal) else value


def _dates(since: date, until: date, name: str) -> Plain:
    days = {name: since, "until": until}
    return {n: day.isoformat() for n, day in days.items() if day not in (date.min, date.max)}


def _binding(binding: Binding) -> Plain:
    if binding == Binding():
        return {}
    return {"binding": {"policy": binding.policy, "event": binding.event}}


def _terms(stack: Stack) -> Plain:
    """Return how attempts, validity, issue and use differ from what goes without saying."""
    defaults = {
        "repeats": "best",
        "valid": "at-award",
        "issue": "automatic",
        "consume": "within-award",
        "credit_kind": "",
    }
    found: Plain = {
        name: getattr(stack, name)
        for name, default in defaults.items()
        if getattr(stack, name) != default
    }
    if stack.lasts is not None:
        found["lasts"] = _lasts(stack.lasts)
    for name in ("issue_rule", "ledger_rule", "supersedes"):
        if getattr(stack, name):
            found[name] = list(getattr(stack, name))
    return found


def _lasts(anchor: Anchor) -> Plain:
    if not anchor.to_year_end:
        return write_span(anchor.span)
    length = {} if anchor.span == Span() else write_span(anchor.span)
    return {**length, "end_of": "year"}


def _renewal(key: str, renewal: Renewal) -> Plain:
    node = renewal.requires
    found: Plain = {}
    window = node.clauses[-1] if node.clauses else None
    if isinstance(window, Filter) and window.id == "opens":
        opens = _opens(key, window)
        if opens is not None:
            node = replace(node, clauses=node.clauses[:-1])
            found["opens"] = write_span(opens)
            if window.rule:
                found["rule"] = list(window.rule)
    return {**found, "requires": write_requirement(node, "", RENEWAL)}


def _opens(key: str, window: Filter) -> Span | None:
    """Return how long before its end the renewal opens, if that is what ``window`` says."""
    match window.where:
        case AllTests((Compare(value=Anchor(span=span)), _)) if max(span.months, span.days) <= 0:
            opening = Compare("on", "at_least", Anchor("expiry", key, span))
            close = Compare("on", "below", Anchor("expiry", key))
            is_usual = window.where == AllTests((opening, close))
            return Span(-span.months, -span.days) if is_usual else None
    return None


def _own(definitions: Definitions, shared: Definitions) -> Plain:
    """Return what a stack declares otherwise than its document; achievements it has alone."""
    mine = write_definitions(definitions)
    others = write_definitions(replace(shared, achievements={}))
    found = {name: value for name, value in mine.items() if others.get(name) != value}
    emptied: Plain = {name: {} for name in ("scales",) if name in others and name not in mine}
    is_utc = "zone" in others and "zone" not in mine
    zone = {"zone": definitions.zone} if is_utc or not (found or emptied) else {}
    return {**found, **emptied, **zone}


# -- what is declared --------------------------------------------------------------------------


def write_definitions(definitions: Definitions) -> Plain:
    """Return what a document declares beside its stacks; what is empty is left out."""
    scales = definitions.scales
    found: Plain = {
        "zone": "" if definitions.zone == "UTC" else definitions.zone,
        "scales": {key: _scale(scale) for key, scale in scales.items()},
        "tables": [_table(table, scales) for table in definitions.tables],
        "levels": [_table(table, {}) for table in definitions.levels],
        "equivalent": [
            {"same": list(entry.keys), **_dates(entry.since, entry.until, "since")}
            for entry in definitions.equivalent
        ],
        "accepted": [
            {
                "for": entry.wanted,
                "instead": entry.given,
                **_dates(entry.since, entry.until, "since"),
            }
            for entry in definitions.accepted
        ],
        "terms": [
            {"name": term.name, "from": term.first.isoformat(), "to": term.last.isoformat()}
            for term in definitions.terms
        ],
        "rates": [_rate(rate) for rate in definitions.rates],
        "achievements": {key: _achievement(a) for key, a in definitions.achievements.items()},
    }
    return {name: value for name, value in found.items() if value}


def _scale(scale: Scale) -> object:
    if not scale.points:
        return list(scale.grades)
    pairs = zip(scale.grades, scale.points, strict=True)
    return {grade: write_number(points) for grade, points in pairs}


def _table(table: Table, scales: Mapping[str, Scale]) -> Plain:
    rows: Plain = {}
    for old, new in table.rows:
        names = _names(old, table.source, scales)
        name = next((name for name in names if name not in rows), names[-1])
        rows[name] = _plain(new) if table.target not in scales else _name(new, table, scales)
    days = _dates(table.since, table.until, "since")
    return {"from": table.source, "to": table.target, "rows": rows, **days}


def _name(new: Decimal, table: Table, scales: Mapping[str, Scale]) -> str:
    return _names(new, table.target, scales)[0]


def _names(value: Decimal, key: str, scales: Mapping[str, Scale]) -> list[str]:
    """Return how a table may write ``value``: by the names of grades, or as a number."""
    if key not in scales:
        return [format(value, "f")]
    grades = [scales[key].grade(text, key) for text in scales[key].grades]
    return [grade.text for grade in grades if grade is not None and grade.value == value]


def _rate(rate: Rate) -> Plain:
    quantum: Plain = {} if rate.quantum == SMALLEST else {"quantum": write_number(rate.quantum)}
    ratio = f"{rate.numerator}/{rate.denominator}"
    return {"from": rate.source, "to": rate.target, "rate": ratio, **quantum}


def _achievement(text: AchievementText) -> Plain:
    quantum = None if text.quantum is None else write_number(text.quantum)
    said: Plain = {
        "name": text.name,
        "description": text.description,
        "credits": write_number(text.credits),
        "scale": text.scale,
        "status": text.status,
        "replaced_by": text.replaced_by,
        "attributes": {name: write_values(values) for name, values in text.attributes},
        "repeatable": text.repeatable,
        "splittable": quantum,
    }
    defaults: Plain = {
        "name": text.key,
        "description": "",
        "credits": 0,
        "scale": HUNDRED,
        "status": "active",
        "replaced_by": "",
        "attributes": {},
        "repeatable": 1,
        "splittable": None,
    }
    return {name: value for name, value in said.items() if value != defaults[name]}
