"""Clauses back to plain data: the shortest that reads as the same clause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.facts import HUNDRED
from stacking_rules.write_test import Plain, write_number, write_span, write_where


def write_clauses(item: Plain, clauses: tuple[Clause, ...], here: str) -> None:
    """Add ``clauses`` to ``item``, the requirement at the address ``here`` that is written.

    Ids that a reader would give anyway are left out.
    """
    for clause, name in zip(clauses, _ids(clauses), strict=True):
        _add(item, clause, name, here)


def _ids(clauses: tuple[Clause, ...]) -> list[str]:
    """Return the ids that have to be written, "" for one that a reader gives by itself."""
    seen: dict[str, int] = {}
    names = []
    for clause in clauses:
        kind = type(clause).__name__.lower()
        number = seen.get(kind, 0) + 1
        is_default = clause.id == (kind if number == 1 else f"{kind}-{number}")
        seen[kind] = number if is_default else number - 1
        names.append("" if is_default else clause.id)
    return names


def _add(item: Plain, clause: Clause, clause_id: str, here: str) -> None:
    """Add ``clause`` to the requirement that is written; ``here`` is its address."""
    name, is_listed, write = _WRITERS[type(clause)]
    labels: Plain = {"rule": list(clause.rule)} if clause.rule else {}
    entry = {**({"id": clause_id} if clause_id else {}), **labels, **write(clause)}
    _name_near(entry, here)
    entries = item.setdefault(name, [])
    if is_listed and isinstance(entries, list):
        entries.append(entry)
    else:
        item[name] = _short(name, entry)


def _name_near(entry: Plain, here: str) -> None:
    """Name requirements by their ids where these stand beside or below ``here``."""
    of, pair = entry.get("of"), entry.get("between")
    if isinstance(of, str) and of.rpartition("/")[0] == here.rpartition("/")[0]:
        entry["of"] = of.rpartition("/")[2] or of
    if isinstance(pair, list):
        below = f"{here.rstrip('/')}/"
        entry["between"] = [name.removeprefix(below) or name for name in pair]


def _short(name: str, entry: Plain) -> object:
    """Return what a clause says where it says one thing: ``best: 3``, ``after: courses``."""
    if name == "together" and not entry:
        return True
    short = {"after": "of", "best": "count", "once": "times"}
    return entry[short[name]] if name in short and entry.keys() == {short[name]} else entry


def _open(c: kinds.Open) -> Plain:
    days = {"from": c.since, "until": c.until}
    return {n: day.isoformat() for n, day in days.items() if day not in (date.min, date.max)}


def _window(c: kinds.Window) -> Plain:
    start: Plain = {} if c.start == "on" else {"from": c.start}
    return (
        {"terms": c.terms, **start} if c.span is None else {"within": write_span(c.span), **start}
    )


def _after(c: kinds.After) -> Plain:
    by: Plain = {} if c.by == "started" else {"by": c.by}
    return {"of": c.of, **by, **({"strict": True} if c.is_strict else {})}


def _least(c: kinds.Least) -> Plain:
    if c.share is None:
        return {c.unit: write_number(c.need), **write_where(c.where)}
    found: Plain = {"share": str(c.share), "unit": c.unit, "base": "needed"}
    if c.rounded:
        found["round"] = c.rounded
    if c.printed is not None:
        found["printed"] = write_number(c.printed)
    return {**found, **write_where(c.where)}


def _portion(c: kinds.Portion) -> Plain:
    name = "share_at_most" if c.is_most else "share"
    return {name: str(c.share), "unit": c.unit, **write_where(c.where)}


def _mean(c: kinds.Mean) -> Plain:
    more = {"scale": (c.scale, HUNDRED), "weight": (c.weight, "credits")}
    more["over"] = (c.over, "counted")
    said = {name: value for name, (value, default) in more.items() if value != default}
    return {"mean": write_number(c.target), **said, **write_where(c.where)}


def _share(c: kinds.Share) -> Plain:
    limits = {"items": c.items, "credits": c.credits}
    known = {name: write_number(value) for name, value in limits.items() if value is not None}
    unique: Plain = {} if c.unique is None else {"unique": write_number(c.unique)}
    most: Plain = {"at_most": known} if known else {}
    return {"between": [c.first, c.second], **most, **unique}


def _limited(c: kinds.Most | kinds.Cap) -> Plain:
    return {"at_most": {c.unit: write_number(c.limit)}, **write_where(c.where)}


def _grace(c: kinds.Grace) -> Plain:
    return {"end_of": "year"} if c.to_year_end else write_span(c.span)


_Writer = Callable[..., Mapping[str, object]]
_WRITERS: dict[type[Clause], tuple[str, bool, _Writer]] = {
    kinds.Filter: ("filters", True, lambda c: write_where(c.where)),
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
        lambda c: {"distinct": c.by, "at_least": c.need, **write_where(c.where)},
    ),
    kinds.Same: ("of_which", True, lambda c: {"same": c.by, **write_where(c.where)}),
    kinds.Mean: ("of_which", True, _mean),
    kinds.Cap: ("caps", True, _limited),
    kinds.Best: ("best", False, lambda c: {"count": c.count}),
    kinds.Share: ("sharing", True, _share),
    kinds.Once: ("once", False, lambda c: {"times": c.times}),
    kinds.Bundle: ("bundles", True, lambda c: {"of": list(c.of)}),
    kinds.Carry: (
        "rollover",
        False,
        lambda c: {"at_most": {"credits": write_number(c.limit)}, **write_where(c.where)},
    ),
}
