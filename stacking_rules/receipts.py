"""Allocation receipts: what an award rests on, written down so that it can be checked again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache

from stacking_rules.errors import DocumentError
from stacking_rules.evaluate import as_excepted, compiled_for
from stacking_rules.facts import Attributes, Award, Fact, LearnerRecord, Value, Waiver
from stacking_rules.held import Fit, Held
from stacking_rules.judge import Judge
from stacking_rules.problems import Placement
from stacking_rules.progress import Progress, Status
from stacking_rules.reading import any_mapping, day_of, text_of
from stacking_rules.records import parse_record
from stacking_rules.requirements import Choice, Group, LearnerIs
from stacking_rules.selection import names_in
from stacking_rules.stacks import RENEWAL, ROOT, Stack
from stacking_rules.thresholds import Pool, pools_of, settle
from stacking_rules.waivers import active

Receipt = dict[str, object]
MAX_DEPTH = 20
"""Levels of lists and mappings in a receipt, more than any has."""


def counted_facts(progress: Progress, *, is_bound: bool = False) -> Iterator[tuple[str, Fact]]:
    """Yield (address, fact) of what makes ``progress`` met: spare parts of a choice left out.

    Of the parts that are met those count that need the fewest facts, the first among equals.
    Nothing is left out below a clause (``is_bound``): it may need what spare parts count.
    """
    is_bound = is_bound or bool(progress.requirement.clauses)
    for fact in progress.counted:
        yield progress.address, fact
    if isinstance(progress.requirement, Group):
        met = [child for child in progress.children if child.status is Status.MET]
        met.sort(key=_facts_needed)
        needed = len(met) if is_bound else progress.requirement.needed
        for child in met[:needed]:
            yield from counted_facts(child, is_bound=is_bound)
    elif isinstance(progress.requirement, Choice):
        for child in progress.children[1:]:
            yield from counted_facts(child, is_bound=is_bound)


def _facts_needed(part: Progress) -> tuple[bool, int]:
    """Order parts of a choice: those that are met by surplus alone, and count nothing, last."""
    facts = sum(1 for _ in counted_facts(part))
    return not facts, facts


def receipt(
    stack: Stack, progress: Progress, record: LearnerRecord, *, as_of: date, known_on: datetime
) -> Receipt:
    """Return what an award rests on: rule, dates, and each counted fact at its requirement.

    Plain data (JSON): amounts are decimal strings, dates ISO 8601. ``given`` are requirements
    that are not met by counting (conditions on the learner, "none of"), ``waived`` exceptions
    (address to id; ``waivers`` are all that were in force),
    ``learner`` what the rule asks of the learner and no more, ``other_awards`` those that have
    counted the same facts or whose dates the rule looks at.
    """
    counted = list(counted_facts(progress))
    ids = {fact.id for _, fact in counted}
    asked = _asked_of_the_learner(stack)
    nodes = list(progress.walk())
    given = {
        node.address: node.status.value
        for node in nodes
        if not isinstance(node.requirement, Group) and node.unit in ("yes", "parts")
    }
    given |= {
        node.address: node.children[0].status.value
        for node in nodes
        if isinstance(node.requirement, Choice)
    }
    return {
        "stack": stack.key,
        "version": stack.version,
        "content_hash": stack.content_hash,
        "as_of": as_of.isoformat(),
        "known_on": known_on.isoformat(),
        "counted": [{"address": address, **_fact_note(fact)} for address, fact in counted],
        "learner": {
            "attributes": _plain(tuple(p for p in record.learner.attributes if p[0] in asked)),
            "events": {name: on.isoformat() for name, on in record.learner.events if name in asked},
        },
        "other_awards": [
            _award_note(award)
            for award in record.awards
            if award.achievement in asked or not ids.isdisjoint(award.counted)
        ],
        "given": given,
        "waived": {node.address: node.waiver for node in nodes if node.waiver},
        "waivers": [_waiver_note(w) for w in active(record, stack, as_of, known_on)],
    }


def _fact_note(fact: Fact) -> dict[str, object]:
    note: dict[str, object] = {
        "kind": fact.kind,
        "id": fact.id,
        "achievement": fact.achievement,
        "on": fact.on.isoformat(),
        "credits": str(fact.credits),
    }
    if fact.grade is not None:
        note |= {"grade": fact.grade.text or str(fact.grade.value), "scale": fact.grade.scale}
    if fact.started_on is not None:
        note["started"] = fact.started_on.isoformat()
    if fact.valid_until is not None:
        note["valid_until"] = fact.valid_until.isoformat()
    if fact.credit_kind:
        note["credit_kind"] = fact.credit_kind
    if fact.attributes:
        note["attributes"] = _plain(fact.attributes)
    return note


def _award_note(award: Award) -> dict[str, object]:
    note: dict[str, object] = {
        "id": award.id,
        "award": award.achievement,
        "on": award.awarded_on.isoformat(),
        "counted": list(award.counted),
        "attributes": _plain(award.attributes),
        "banked": award.is_banked,
    }
    if award.valid_until is not None:
        note["valid_until"] = award.valid_until.isoformat()
    return note


def _waiver_note(waiver: Waiver) -> dict[str, object]:
    note: dict[str, object] = {
        "id": waiver.id,
        "kind": waiver.kind,
        "stack": waiver.stack,
        "at": waiver.at,
        "author": waiver.author,
        "reason": waiver.reason,
        "from": waiver.granted_on.isoformat(),
        "until": waiver.until and waiver.until.isoformat(),
        "fact": waiver.fact,
        "field": waiver.field,
    }
    return note if waiver.value is None else {**note, "value": _plain_value(waiver.value)}


@lru_cache(maxsize=4096)
def _asked_of_the_learner(stack: Stack) -> frozenset[str]:
    """Return the names of attributes, events and awards that the tests of ``stack`` look at."""
    return frozenset(_names_asked(stack))


def _names_asked(stack: Stack) -> Iterator[str]:
    for _, node in stack.walk():
        test = getattr(node, "where", None)
        if test is not None:
            yield from names_in(test, is_learner=isinstance(node, LearnerIs))
    for _, _, clause in stack.clauses():
        test = getattr(clause, "where", None)
        if test is not None:
            yield from names_in(test, is_learner=False)


def _plain(attributes: Attributes) -> dict[str, list[object]]:
    """Return attributes as JSON: numbers (of six places at most) stay numbers."""
    return {name: [_plain_value(value) for value in values] for name, values in attributes}


def _plain_value(value: Value) -> object:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == int(value) else float(value)


def _exact(data: object, depth: int = 0) -> object:
    """Return plain data with the numbers that JSON reads as floats as they are written."""
    if depth > MAX_DEPTH:
        raise DocumentError("", f"A receipt has no more than {MAX_DEPTH} levels.")
    if isinstance(data, float):
        return Decimal(repr(data))
    if isinstance(data, dict):
        return {name: _exact(value, depth + 1) for name, value in data.items()}
    return [_exact(value, depth + 1) for value in data] if isinstance(data, list) else data


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a receipt does not hold: ``code``, and the address or the fact it is about.

    Codes: other-stack, other-version, other-rule, unreadable, unknown-address, does-not-count,
    counts-twice, not-met.
    """

    code: str
    about: str


def verify_receipt(stack: Stack, data: object) -> tuple[Problem, ...]:
    """Return why ``data`` is no receipt of a met ``stack``; nothing when it holds.

    Nothing is searched: every counted fact is put where the receipt says, and the sums are made
    again. What the receipt gives (conditions on the learner) and waives is taken as stated.
    """
    try:
        noted = any_mapping(_exact(data), "")
        listed = noted.get("counted")
        if not isinstance(listed, list):
            raise DocumentError("/counted", "Here a list is needed.")
        counted = [any_mapping(note, "/counted") for note in listed]
        record = _record(stack, noted, counted)
        as_of = day_of(noted.get("as_of"), "/as_of")
        stated = any_mapping(noted.get("given", {}), "/given")
    except DocumentError as error:
        return (Problem("unreadable", error.address),)
    problems = [
        Problem(code, str(noted.get(name)))
        for code, name, wanted in (
            ("other-stack", "stack", stack.key),
            ("other-version", "version", stack.version),
            ("other-rule", "content_hash", stack.content_hash),
        )
        if noted.get(name) != wanted
    ]
    return tuple(problems) or _judge(stack, stated, counted, record, as_of)


def is_renewal(counted: Iterable[Mapping[str, object]]) -> bool:
    """Return whether what a receipt says was counted was counted by the path of renewal."""
    return any(str(note.get("address")).startswith(RENEWAL) for note in counted)


def _judge(
    stack: Stack,
    stated: Mapping[str, object],
    counted: list[dict[str, object]],
    record: LearnerRecord,
    as_of: date,
) -> tuple[Problem, ...]:
    known_on = datetime.combine(date.max, time.min, UTC)
    stack, held = as_excepted(stack, record, as_of=as_of, known_on=known_on)
    compiled = compiled_for(held, stack, RENEWAL if is_renewal(counted) else ROOT)
    answers = {at: stated.get(at, "met") == "met" for at, _ in compiled.given}
    root = settle(compiled.root, answers, hope=False)
    placed, problems = _placed(counted, {pool.address: pool for pool in pools_of(root)}, held)
    judge = Judge(root, placed, held)
    problems += [Problem("counts-twice", item) for item in judge.counts_twice()]
    if not problems and not judge.is_met():
        problems.append(Problem("not-met", "/"))
    return tuple(problems)


def _placed(
    counted: list[dict[str, object]], pools: Mapping[str, Pool], held: Held
) -> tuple[Placement, list[Problem]]:
    """Put every counted fact where the receipt says; also return what cannot be there."""
    placed: dict[str, tuple[Fit, ...]] = dict.fromkeys(pools, ())
    problems = []
    for note in counted:
        address, fact_id = str(note.get("address")), str(note.get("id"))
        pool = _pool_at(address, pools)
        if pool is None:
            problems.append(Problem("unknown-address", address))
            continue
        fits = [f for f in held.fits(pool) if f.fact.id == fact_id and f.is_sure and not f.barriers]
        here = {fit.item for fit in placed[pool.address]}
        free = [fit for fit in fits if fit.item not in here]
        if not free:
            problems.append(Problem("counts-twice" if fits else "does-not-count", fact_id))
            continue
        # The parts of a split item have one id: the next one that stands nowhere else.
        users = [there for at, there in placed.items() if not pools[at].is_overlay]
        taken = {fit.item for there in users for fit in there}
        placed[pool.address] += (min(free, key=lambda fit: fit.item in taken),)
    return placed, problems


def _pool_at(address: str, pools: Mapping[str, Pool]) -> Pool | None:
    """Return the pool at ``address``, or the one that its single achievements share."""
    return pools.get(address) or pools.get(address.rpartition("/")[0] or "/")


def _record(
    stack: Stack, noted: Mapping[str, object], counted: list[dict[str, object]]
) -> LearnerRecord:
    """Return the facts of a receipt as a record."""
    groups: dict[str, dict[str, dict[str, object]]] = {"completion": {}, "award": {}}
    names = {"completion": "achievement", "award": "award", "attestation": "statement"}
    for note in counted:
        kind = text_of(note.get("kind"), "/counted/kind")
        rest = {k: v for k, v in note.items() if k not in ("address", "kind", "achievement")}
        if kind == "attestation":
            rest.pop("credits", None)
        rest[names.get(kind, "achievement")] = note.get("achievement")
        groups.setdefault(kind, {})[str(note.get("id"))] = rest
    others = noted.get("other_awards", [])
    for other in others if isinstance(others, list) else []:
        note = any_mapping(other, "/other_awards")
        groups["award"].setdefault(str(note.get("id")), note)
    data = {f"{kind}s": list(facts.values()) for kind, facts in groups.items()}
    more = {"learner": noted.get("learner", {}), "waivers": noted.get("waivers", [])}
    return parse_record({**data, **more}, stack.definitions)
