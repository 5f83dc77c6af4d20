"""Clauses of a requirement, from plain data; every error names its address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from stacking_rules import clauses as kinds
from stacking_rules.clauses import Clause
from stacking_rules.errors import DocumentError
from stacking_rules.read_test import read_test
from stacking_rules.reading import (
    Scales,
    amount_of,
    fraction_of,
    key_of,
    keys_of,
    list_of,
    mapping_of,
    one_of,
    optional_day,
    read_grade,
    refuse_repeats,
    rules_of,
    scale_of,
    span_of,
    text_of,
    whole_of,
)
from stacking_rules.selection import Test

UNITS = ("credits", "items", "points")
ANYWHERE = (
    "filters",
    "open",
    "window",
    "after",
    "together",
    "grace",
    "of_which",
    "sharing",
    "once",
    "bundles",
)
"""Clauses that every requirement may have."""
AT_AMOUNTS = ("caps", "best", "rollover")
"""Clauses of amounts alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clause stands: its text, address, the requirement's address and printed need."""

    item: dict[str, object]
    address: str
    node: str
    need: Decimal | None
    scales: Scales

    @property
    def rule(self) -> tuple[str, ...]:
        """The labels of printed rules that the clause carries."""
        return rules_of(self.item["rule"], self.address) if "rule" in self.item else ()

    @property
    def where(self) -> Test | None:
        """The clause's test on facts."""
        if "where" not in self.item:
            return None
        return read_test(self.item["where"], f"{self.address}/where", self.scales)


def read_clauses(
    item: Mapping[str, object], address: str, node: str, need: Decimal | None, scales: Scales
) -> tuple[Clause, ...]:
    """Read all clauses of the requirement written at ``address``; ``node`` is its own address.

    ``need`` is the amount it asks for, of which a share can be taken (None for a group).
    """
    found: list[Clause] = []
    for name in (*ANYWHERE, *AT_AMOUNTS):
        if name in item:
            found += _read(name, item[name], f"{address}/{name}", node, need, scales)
    return tuple(_with_ids(found, address))


def _with_ids(found: list[Clause], address: str) -> Iterator[Clause]:
    """Give a clause without an id the name of its kind, numbered from the second on."""
    taken = [clause.id for clause in found if clause.id]
    refuse_repeats(taken, address)
    seen: dict[str, int] = {}
    for clause in found:
        if clause.id:
            yield clause
            continue
        kind = type(clause).__name__.lower()
        seen[kind] = seen.get(kind, 0) + 1
        name = kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"
        yield _renamed(clause, name if name not in taken else f"{name}-")


def _renamed(clause: Clause, name: str) -> Clause:
    return replace(clause, id=name)


def _read(
    name: str, data: object, address: str, node: str, need: Decimal | None, scales: Scales
) -> Iterator[Clause]:
    single, fields, build = _READERS[name]
    entries: list[tuple[object, str]] = [(data, address)]
    if not single:
        entries = [(e, f"{address}/{i}") for i, e in enumerate(list_of(data, address))]
    for entry, here in entries:
        item = mapping_of(_long_form(name, entry), here, ("id", "rule", *fields))
        clause_id = key_of(item["id"], f"{here}/id") if "id" in item else ""
        clause = build(Place(item, here, node, need, scales))
        yield _renamed(clause, clause_id)


def _long_form(name: str, data: object) -> object:
    """Return the mapping that a short form stands for: ``after: courses``, ``best: 3``."""
    if isinstance(data, dict):
        return data
    if name == "together" and data is True:
        return {}
    short = {"after": "of", "best": "count", "once": "times"}
    return {short[name]: data} if name in short else data


def _filter(at: Place) -> Clause:
    test = at.where
    if test is None:
        raise DocumentError(at.address, "A filter needs 'where'.")
    return kinds.Filter(rule=at.rule, where=test)


def _open(at: Place) -> Clause:
    since = optional_day(at.item, "from", at.address) or date.min
    until = optional_day(at.item, "until", at.address) or date.max
    if since >= until:
        raise DocumentError(at.address, "'from' must come before 'until'.")
    return kinds.Open(rule=at.rule, since=since, until=until)


def _window(at: Place) -> Clause:
    start = one_of(at.item.get("from", "on"), ("on", "started"), f"{at.address}/from")
    if ("within" in at.item) == ("terms" in at.item):
        raise DocumentError(at.address, "A window has either 'within' or 'terms'.")
    if "terms" in at.item:
        terms = whole_of(at.item["terms"], f"{at.address}/terms", 1000)
        return kinds.Window(rule=at.rule, terms=terms, start=start)
    span = span_of(at.item["within"], f"{at.address}/within")
    return kinds.Window(rule=at.rule, span=span, start=start)


def _after(at: Place) -> Clause:
    of = text_of(at.item.get("of"), f"{at.address}/of")
    by = one_of(at.item.get("by", "started"), ("started", "on"), f"{at.address}/by")
    strict = at.item.get("strict", False)
    if not isinstance(strict, bool):
        raise DocumentError(f"{at.address}/strict", "'strict' is true or false.")
    return kinds.After(rule=at.rule, of=beside(at.node, of), by=by, is_strict=strict)


def beside(node: str, name: str) -> str:
    """Return the address that ``name`` means at ``node``: of a sibling, or given in full."""
    if name.startswith("/"):
        return name
    return f"{node.rpartition('/')[0]}/{name}"


def _below(node: str, name: str) -> str:
    return name if name.startswith("/") else f"{node.rstrip('/')}/{name}"


def _together(at: Place) -> Clause:
    return kinds.Together(rule=at.rule)


def _grace(at: Place) -> Clause:
    item = {name: v for name, v in at.item.items() if name in ("years", "months", "days")}
    if "end_of" in at.item:
        if item:
            raise DocumentError(at.address, "A grace has a length or 'end_of', not both.")
        one_of(at.item["end_of"], ("year",), f"{at.address}/end_of")
        return kinds.Grace(rule=at.rule, to_year_end=True)
    return kinds.Grace(rule=at.rule, span=span_of(item, at.address))


def _of_which(at: Place) -> Clause:
    found = [name for name in _OF_WHICH if name in at.item]
    if len(found) != 1:
        raise DocumentError(at.address, f"'of_which' needs one of {', '.join(_OF_WHICH)}.")
    fields, build = _OF_WHICH[found[0]]
    for name in at.item:
        if name not in (found[0], *fields, "where", "id", "rule"):
            message = f"'{name}' has no meaning beside '{found[0]}'."
            raise DocumentError(f"{at.address}/{name}", message)
    return build(at)


def _least(at: Place) -> Clause:
    unit = next(unit for unit in UNITS if unit in at.item)
    need = amount_of(at.item[unit], f"{at.address}/{unit}")
    return kinds.Least(rule=at.rule, need=need, unit=unit, where=at.where)


def _most(at: Place) -> Clause:
    unit, limit = _limit(at.item["at_most"], f"{at.address}/at_most")
    return kinds.Most(rule=at.rule, limit=limit, unit=unit, where=at.where)


def _limit(data: object, address: str) -> tuple[str, Decimal]:
    item = mapping_of(data, address, UNITS)
    if len(item) != 1:
        raise DocumentError(address, f"A limit has one of {', '.join(UNITS)}.")
    ((unit, value),) = item.items()
    return unit, amount_of(value, f"{address}/{unit}")


def _portion(at: Place) -> Clause:
    name = "share" if "share" in at.item else "share_at_most"
    share = fraction_of(at.item[name], f"{at.address}/{name}")
    unit = one_of(at.item.get("unit", "credits"), UNITS, f"{at.address}/unit")
    base = one_of(at.item.get("base", "counted"), ("counted", "needed"), f"{at.address}/base")
    is_most = name == "share_at_most"
    if base == "counted":
        for stray in ("round", "printed"):
            if stray in at.item:
                message = f"'{stray}' needs 'base: needed': a share of what counts is exact."
                raise DocumentError(f"{at.address}/{stray}", message)
        return kinds.Portion(rule=at.rule, share=share, unit=unit, where=at.where, is_most=is_most)
    if at.need is None:
        raise DocumentError(f"{at.address}/base", "A group has no amount to take a share of.")
    rounded = one_of(at.item.get("round", "no"), ("up", "down", "no"), f"{at.address}/round")
    need = _rounded(share, at.need, rounded)
    printed = None
    if "printed" in at.item:
        need = printed = amount_of(at.item["printed"], f"{at.address}/printed")
    if is_most:
        return kinds.Most(rule=at.rule, limit=need, unit=unit, where=at.where)
    return kinds.Least(
        rule=at.rule,
        need=need,
        unit=unit,
        where=at.where,
        share=share,
        base_need=at.need,
        printed=printed,
        rounded="" if rounded == "no" else rounded,
    )


def _rounded(share: Fraction, need: Decimal, rounded: str) -> Decimal:
    """Return the share of ``need``: exact to six places (rounded up there), or whole."""
    exact = share * Fraction(need)
    scaled = Decimal(exact.numerator) / Decimal(exact.denominator)
    if rounded == "up":
        return Decimal(-(-exact.numerator // exact.denominator))
    if rounded == "down":
        return Decimal(exact.numerator // exact.denominator)
    least = scaled.quantize(Decimal("0.000001"), ROUND_CEILING)
    return least if least != scaled.quantize(Decimal("0.000001"), ROUND_FLOOR) else scaled


def _distinct(at: Place) -> Clause:
    by = text_of(at.item["distinct"], f"{at.address}/distinct")
    need = whole_of(at.item.get("at_least"), f"{at.address}/at_least", 1000)
    return kinds.Distinct(rule=at.rule, by=by, need=need, where=at.where)


def _same(at: Place) -> Clause:
    by = text_of(at.item["same"], f"{at.address}/same")
    return kinds.Same(rule=at.rule, by=by, where=at.where)


def _mean(at: Place) -> Clause:
    scale = scale_of(at.item.get("scale", "0-100"), f"{at.address}/scale", at.scales)
    if scale in at.scales:
        target = amount_of(at.item["mean"], f"{at.address}/mean")
        if not at.scales[scale].points:
            raise DocumentError(f"{at.address}/scale", f"The grades of {scale} have no points.")
    else:
        target = read_grade(at.item["mean"], scale, f"{at.address}/mean", at.scales).value
    weight = one_of(at.item.get("weight", "credits"), ("credits", "items"), f"{at.address}/weight")
    over = one_of(at.item.get("over", "counted"), ("counted", "attempted"), f"{at.address}/over")
    return kinds.Mean(
        rule=at.rule, target=target, scale=scale, weight=weight, over=over, where=at.where
    )


_PORTION = ("unit", "base", "round", "printed")
_OF_WHICH: dict[str, tuple[tuple[str, ...], Callable[[Place], Clause]]] = {
    "distinct": (("at_least",), _distinct),
    "same": ((), _same),
    "mean": (("scale", "weight", "over"), _mean),
    "share": (_PORTION, _portion),
    "share_at_most": (_PORTION, _portion),
    "at_most": ((), _most),
    "credits": ((), _least),
    "items": ((), _least),
    "points": ((), _least),
}
"""What is said of what counts: the words beside it (and ``where``), and how it is read."""


def _cap(at: Place) -> Clause:
    if ("share" in at.item) == ("at_most" in at.item):
        raise DocumentError(at.address, "A cap has either 'at_most' or 'share'.")
    if "round" in at.item and "share" not in at.item:
        raise DocumentError(f"{at.address}/round", "'round' has no meaning without 'share'.")
    if "at_most" in at.item:
        unit, limit = _limit(at.item["at_most"], f"{at.address}/at_most")
        return kinds.Cap(rule=at.rule, limit=limit, unit=unit, where=at.where)
    share = fraction_of(at.item["share"], f"{at.address}/share")
    rounded = one_of(at.item.get("round", "no"), ("up", "down", "no"), f"{at.address}/round")
    limit = _rounded(share, at.need or Decimal(0), rounded)  # a cap stands at amounts alone
    return kinds.Cap(rule=at.rule, limit=limit, unit="credits", where=at.where)


def _best(at: Place) -> Clause:
    count = whole_of(at.item.get("count"), f"{at.address}/count", 10_000)
    return kinds.Best(rule=at.rule, count=count)


def _carry(at: Place) -> Clause:
    _, limit = _limit(at.item.get("at_most"), f"{at.address}/at_most")
    return kinds.Carry(rule=at.rule, limit=limit, where=at.where)


def _share(at: Place) -> Clause:
    names = list_of(at.item.get("between"), f"{at.address}/between")
    if len(names) != 2:
        raise DocumentError(f"{at.address}/between", "Items are shared between two requirements.")
    first, second = (
        _below(at.node, text_of(name, f"{at.address}/between/{i}")) for i, name in enumerate(names)
    )
    limits = mapping_of(at.item.get("at_most", {}), f"{at.address}/at_most", ("items", "credits"))
    found = {
        unit: amount_of(value, f"{at.address}/at_most/{unit}") for unit, value in limits.items()
    }
    unique = at.item.get("unique")
    return kinds.Share(
        rule=at.rule,
        first=first,
        second=second,
        items=found.get("items"),
        credits=found.get("credits"),
        unique=None if unique is None else amount_of(unique, f"{at.address}/unique"),
    )


def _once(at: Place) -> Clause:
    times = whole_of(at.item.get("times", 1), f"{at.address}/times", 100)
    return kinds.Once(rule=at.rule, times=max(times, 1))


def _bundle(at: Place) -> Clause:
    return kinds.Bundle(rule=at.rule, of=keys_of(at.item.get("of"), f"{at.address}/of"))


_Reader = tuple[bool, tuple[str, ...], Callable[[Place], Clause]]
_READERS: dict[str, _Reader] = {
    "filters": (False, ("where",), _filter),
    "open": (True, ("from", "until"), _open),
    "window": (True, ("within", "terms", "from"), _window),
    "after": (True, ("of", "by", "strict"), _after),
    "together": (True, (), _together),
    "grace": (True, ("years", "months", "days", "end_of"), _grace),
    "of_which": (
        False,
        (*_OF_WHICH, "where", *dict.fromkeys(n for names, _ in _OF_WHICH.values() for n in names)),
        _of_which,
    ),
    "sharing": (False, ("between", "at_most", "unique"), _share),
    "once": (True, ("times",), _once),
    "bundles": (False, ("of",), _bundle),
    "caps": (False, ("at_most", "share", "round", "where"), _cap),
    "best": (True, ("count",), _best),
    "rollover": (True, ("at_most", "where"), _carry),
}
