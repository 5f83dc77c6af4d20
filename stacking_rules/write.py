"""From a stack back to plain data: the shortest text that reads as the same stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import HUNDRED, Grade, Value
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
)
from stacking_rules.selection import (
    AllTests,
    Anchor,
    AnyTest,
    Compare,
    Known,
    NotTest,
    OneOf,
    Recent,
    Test,
)
from stacking_rules.spans import Span

Plain = dict[str, object]


def write_requirement(node: Requirement, position: str = "") -> object:
    """Return ``node`` as it is written in a document; ``position`` is its place in a list.

    A bare achievement is its key alone. Reading what is returned gives an equal requirement,
    where the scales that it names are declared.
    """
    item = _operator(node)
    default = getattr(node, "achievement", position)
    if node.id and node.id != default:
        item["id"] = node.id
    if node.title:
        item["title"] = node.title
    if node.rule:
        item["rule"] = list(node.rule)
    extra = {"credits", "points", "items"} if isinstance(node, Amount) else set()
    for clause in node.clauses:
        if isinstance(clause, kinds.Least) and clause.id in extra and clause.where is None:
            item[clause.id] = _number(clause.need)
        else:
            _add(item, clause)
    return (
        node.achievement if item == {"completed": default} and isinstance(node, Completed) else item
    )


def _operator(node: Requirement) -> Plain:
    match node:
        case Completed():
            return {"completed": node.achievement, **_graded(node.grade), **_where(node.where)}
        case Earned():
            return {"award": node.achievement, **_where(node.where)}
        case Attested():
            return {"attested": node.achievement, **_where(node.where)}
        case Amount():
            return _amount(node)
        case Group() | NoneOf():
            return _group(node)
    return _other(node)


def _other(node: Requirement) -> Plain:
    match node:
        case Limit():
            of: Plain = {"of": list(node.of)} if node.of else {}
            return {"at_most": {node.unit: _number(node.most)}, **of, **_where(node.where)}
        case LearnerIs():
            return {"learner": write_test(node.where)}
        case Choice():
            found: Plain = {
                "if": write_requirement(node.condition, "if"),
                "then": write_requirement(node.then, "then"),
            }
            if node.otherwise is not None:
                found["else"] = write_requirement(node.otherwise, "else")
            return found
    raise TypeError(f"{type(node).__name__} cannot be written")


def _group(node: Group | NoneOf) -> Plain:
    parts = [write_requirement(part, str(i)) for i, part in enumerate(node.parts, 1)]
    if isinstance(node, AtLeast):
        return {"at_least": node.count, "of": parts}
    names = {AllOf: "all", AnyOf: "any", NoneOf: "none"}
    return {names[type(node)]: parts}


def _amount(node: Amount) -> Plain:
    item: Plain = {node.unit: _number(node.need)}
    if node.of:
        item["of"] = _listed(node)
    if not node.of and node.among != ("completion",):
        known = {"award": "awards", "attestation": "attestations"}
        is_one = len(node.among) == 1
        item["among"] = known[node.among[0]] if is_one else "all"
    item |= _graded(node.grade) | _where(node.where)
    if node.is_overlay:
        item["use"] = "overlay"
    if node.factors:
        item["factors"] = {key: _number(value) for key, value in node.factors}
    if node.unit == "points" and node.scale != HUNDRED:
        item["scale"] = node.scale
    return item


def _listed(node: Amount) -> list[object]:
    # Of which kind each key was is not kept: all kinds may count for every key.
    names = {"award": "award", "attestation": "attested"}
    rest = len(node.of) - len(node.among)
    kinds = (*node.among[:1] * rest, *node.among)
    pairs = zip(node.of, kinds, strict=True)
    return [{names[kind]: key} if kind in names else key for key, kind in pairs]


def _graded(grade: Grade | None) -> Plain:
    if grade is None:
        return {}
    scale: Plain = {} if grade.scale == HUNDRED else {"scale": grade.scale}
    return {"grade": grade.text or _number(grade.value), **scale}


# -- tests ------------------------------------------------------------------------------------


def _where(test: Test | None) -> Plain:
    return {} if test is None else {"where": write_test(test)}


def write_test(test: Test) -> Plain:
    """Return a test as it is written in a document."""
    match test:
        case AllTests(tests):
            parts = [write_test(part) for part in tests]
            names = [name for part in parts for name in part]
            if len(set(names)) == len(names):
                return {name: value for part in parts for name, value in part.items()}
            return {"all": parts}
        case AnyTest(tests):
            return {"any": [write_test(part) for part in tests]}
        case NotTest(OneOf(name, values)):
            return {name: {"not": _values(values)}}
        case NotTest(inner):
            return {"not": write_test(inner)}
    return _simple(test)


def _simple(test: OneOf | Compare | Recent | Known) -> Plain:
    match test:
        case OneOf(name, values):
            return {name: _values(values)}
        case Known(name, is_known):
            return {name: {"known": is_known}}
        case Recent(name, span, anchor):
            at: Plain = {} if anchor == Anchor("asked") else {"at": _anchor(anchor)}
            return {name: {"last": _span(span), **at}}
        case Compare(name, operator, value, scale):
            other: Plain = {}
            if scale != HUNDRED:
                other = {"scale" if name == "grade" else "framework": scale}
            limit = _anchor(value) if isinstance(value, Anchor) else _value(value)
            return {name: {operator: limit, **other}}


def _values(values: tuple[Value, ...]) -> object:
    found = [_value(value) for value in values]
    return found[0] if len(found) == 1 else found


def _value(value: Value) -> object:
    return _number(value) if isinstance(value, Decimal) else value


def _number(value: Decimal) -> object:
    """Return a whole number as such, any other as a decimal (which YAML and JSON write exactly)."""
    return int(value) if value == int(value) else value


def _anchor(anchor: Anchor) -> Plain:
    key: object = True if anchor.source == "asked" else anchor.key
    found: Plain = {anchor.source: key}
    later = Span(max(anchor.span.months, 0), max(anchor.span.days, 0))
    sooner = Span(max(-anchor.span.months, 0), max(-anchor.span.days, 0))
    if later != Span():
        found["plus"] = _span(later)
    if sooner != Span():
        found["minus"] = _span(sooner)
    if anchor.to_year_end:
        found["end_of"] = "year"
    return found


def _span(span: Span) -> Plain:
    years, months = divmod(span.months, 12)
    amounts = {"years": years, "months": months, "days": span.days}
    return {name: amount for name, amount in amounts.items() if amount} or {"days": 0}


# -- clauses -----------------------------------------------------------------------------------


def _add(item: Plain, clause: Clause) -> None:
    """Add ``clause`` to the requirement that is written."""
    name, is_listed, write = _WRITERS[type(clause)]
    entry = {"id": clause.id, **write(clause)}
    if clause.rule:
        entry["rule"] = list(clause.rule)
    if is_listed:
        entries = item.setdefault(name, [])
        if isinstance(entries, list):
            entries.append(entry)
    else:
        item[name] = entry


def _open(c: kinds.Open) -> Plain:
    days = {"from": c.since, "until": c.until}
    return {n: day.isoformat() for n, day in days.items() if day not in (date.min, date.max)}


def _window(c: kinds.Window) -> Plain:
    start: Plain = {} if c.start == "on" else {"from": c.start}
    return {"terms": c.terms, **start} if c.span is None else {"within": _span(c.span), **start}


def _after(c: kinds.After) -> Plain:
    by: Plain = {} if c.by == "started" else {"by": c.by}
    return {"of": c.of, **by, **({"strict": True} if c.is_strict else {})}


def _least(c: kinds.Least) -> Plain:
    if c.share is None:
        return {c.unit: _number(c.need), **_where(c.where)}
    found: Plain = {"share": str(c.share), "unit": c.unit, "base": "needed"}
    if c.rounded:
        found["round"] = c.rounded
    if c.printed is not None:
        found["printed"] = _number(c.printed)
    return {**found, **_where(c.where)}


def _portion(c: kinds.Portion) -> Plain:
    name = "share_at_most" if c.is_most else "share"
    return {name: str(c.share), "unit": c.unit, **_where(c.where)}


def _mean(c: kinds.Mean) -> Plain:
    return {
        "mean": _number(c.target),
        "scale": c.scale,
        "weight": c.weight,
        "over": c.over,
        **_where(c.where),
    }


def _share(c: kinds.Share) -> Plain:
    limits = {"items": c.items, "credits": c.credits}
    known = {name: _number(value) for name, value in limits.items() if value is not None}
    unique: Plain = {} if c.unique is None else {"unique": _number(c.unique)}
    most: Plain = {"at_most": known} if known else {}
    return {"between": [c.first, c.second], **most, **unique}


def _limited(c: kinds.Most | kinds.Cap) -> Plain:
    return {"at_most": {c.unit: _number(c.limit)}, **_where(c.where)}


def _grace(c: kinds.Grace) -> Plain:
    return {"end_of": "year"} if c.to_year_end else _span(c.span)


_Writer = Callable[..., Mapping[str, object]]
_WRITERS: dict[type[Clause], tuple[str, bool, _Writer]] = {
    kinds.Filter: ("filters", True, lambda c: _where(c.where)),
    kinds.Open: ("open", False, _open),
    kinds.Window: ("window", False, _window),
    kinds.After: ("after", False, _after),
    kinds.Together: ("together", False, lambda _c: {}),
    kinds.Grace: ("grace", False, _grace),
    kinds.Least: ("of_which", True, _least),
    kinds.Most: ("of_which", True, _limited),
    kinds.Portion: ("of_which", True, _portion),
    kinds.Distinct: (
        "of_which",
        True,
        lambda c: {"distinct": c.by, "at_least": c.need, **_where(c.where)},
    ),
    kinds.Same: ("of_which", True, lambda c: {"same": c.by, **_where(c.where)}),
    kinds.Mean: ("of_which", True, _mean),
    kinds.Cap: ("caps", True, _limited),
    kinds.Best: ("best", False, lambda c: {"count": c.count}),
    kinds.Share: ("share", True, _share),
    kinds.Once: ("once", False, lambda c: {"times": c.times}),
    kinds.Bundle: ("bundles", True, lambda c: {"of": list(c.of)}),
    kinds.Carry: (
        "rollover",
        False,
        lambda c: {"at_most": {"credits": _number(c.limit)}, **_where(c.where)},
    ),
}
