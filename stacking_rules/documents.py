"""Stack documents (plain data) to stacks; every error names its address.

The format is described in ``docs/stack-format.md``. Text (YAML, JSON) is read elsewhere: this
module takes dicts, lists, strings and numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from stacking_rules.clauses import Filter
from stacking_rules.definitions import AchievementText, Definitions
from stacking_rules.errors import DocumentError
from stacking_rules.formats import CURRENT, as_written, format_of, migrated
from stacking_rules.read_definitions import FIELDS, read_definitions
from stacking_rules.read_requirements import Reader
from stacking_rules.reading import (
    Scales,
    amount_of,
    any_mapping,
    key_of,
    keys_of,
    list_of,
    mapping_of,
    one_of,
    optional_day,
    rules_of,
    span_of,
    text_of,
    whole_of,
)
from stacking_rules.requirements import Amount, Group
from stacking_rules.selection import AllTests, Anchor, Compare
from stacking_rules.spans import Span
from stacking_rules.stacks import RENEWAL, ROOT, Binding, Level, Renewal, Stack

MEANINGS = ("scales", "tables", "levels", "equivalent", "accepted", "terms", "rates", "zone")
"""Definitions that are part of a rule: they are stored, and hashed, with each of its stacks."""
STACK_FIELDS = (
    "key",
    "title",
    "description",
    "credits",
    "type",
    "requires",
    "version",
    "from",
    "until",
    "binding",
    "repeats",
    "valid",
    "lasts",
    "issue",
    "consume",
    "ledger_rule",
    "issue_rule",
    "credit_kind",
    "supersedes",
    "renewal",
    "award_levels",
    "definitions",
)


@dataclass(frozen=True, slots=True)
class Document:
    """A read document. ``texts`` holds each stack's own data, by key, in the current format;
    ``award_credits`` what its award is worth in larger stacks. ``format`` is the one that the
    document was written in."""

    achievements: tuple[AchievementText, ...]
    stacks: tuple[Stack, ...]
    texts: Mapping[str, dict[str, object]]
    award_credits: Mapping[str, Decimal]
    definitions: Definitions
    format: int = CURRENT


def parse_document(data: object) -> Document:
    """Read a whole document: ``quoin: 2``, its definitions, ``stacks``; or an older format.

    ``DocumentError`` names the first thing that is wrong by its JSON pointer;
    ``LimitExceededError`` if there are more than 10,000 nodes or 40 levels. A stack may stand
    there in several versions.
    """
    any_mapping(data, "")
    number = format_of(data)
    try:
        return _document(migrated(data, number), number)
    except DocumentError as error:
        raise DocumentError(as_written(error.address, number), error.message) from None


def _document(data: object, number: int) -> Document:
    top = mapping_of(data, "", ("quoin", *FIELDS, "stacks"))
    definitions = read_definitions(top, "")
    shared = {name: top[name] for name in MEANINGS if name in top}
    stacks: list[Stack] = []
    texts, worth = {}, {}
    for index, item in enumerate(list_of(top.get("stacks"), "/stacks")):
        stack, text, award_credits = _stack(item, f"/stacks/{index}", definitions, shared)
        if any((s.key, s.version) == (stack.key, stack.version) for s in stacks):
            raise DocumentError(f"/stacks/{index}/key", f"'{stack.key}' is defined twice.")
        stacks.append(stack)
        texts[stack.key] = text
        worth[stack.key] = award_credits
    named = tuple(definitions.achievements.values())
    return Document(named, tuple(stacks), texts, worth, definitions, number)


def parse_stack(data: object, *, version: int | None = None, address: str = "") -> Stack:
    """Read one stack; ``DocumentError`` as in ``parse_document``.

    ``version`` replaces the version that the text says (1 without either). A stack has no
    format of its own: what only an older one calls so is understood as well.
    """
    stack, _, _ = _stack(migrated(data, 1), address, None, {})
    return stack if version is None else replace(stack, version=version)


def content_hash(text: Mapping[str, object]) -> str:
    """Return the SHA-256 of a stack's canonical JSON: equal rules have equal hashes."""
    canonical = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _stack(
    data: object, address: str, definitions: Definitions | None, shared: Mapping[str, object]
) -> tuple[Stack, dict[str, object], Decimal]:
    item = mapping_of(data, address, STACK_FIELDS)
    own = mapping_of(item.get("definitions", {}), f"{address}/definitions", FIELDS)
    if definitions is None or own:
        definitions = read_definitions({**shared, **own}, f"{address}/definitions")
    key = key_of(item.get("key"), f"{address}/key")
    if "requires" not in item:
        raise DocumentError(address, "A stack needs 'requires': what must be met.")
    reader = Reader(definitions.scales)
    requires = reader.read(item["requires"], f"{address}/requires", 1, "")
    whole = {**item, "definitions": {**shared, **own}} if shared or own else item
    text = json.loads(json.dumps(whole, default=str))
    _refuse_half_characters(text, address)
    stack = Stack(
        key,
        text_of(item.get("title", key), f"{address}/title"),
        requires,
        max(1, whole_of(item.get("version", 1), f"{address}/version", 10**6)),
        text_of(item.get("description", ""), f"{address}/description"),
        content_hash(text),
        definitions,
    )
    stack = _with_terms(stack, item, address)
    stack = replace(
        stack,
        renewal=_renewal(key, item, f"{address}/renewal", definitions.scales),
        levels=_levels(stack, item, f"{address}/award_levels"),
    )
    _refuse_dangling(stack, address)
    return stack, text, amount_of(item.get("credits", 0), f"{address}/credits")


def _refuse_half_characters(text: object, address: str) -> None:
    """Refuse what JSON can escape and no encoding of text can hold: half of a surrogate pair."""
    try:
        json.dumps(text, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise DocumentError(address, "There is half of a character (a lone surrogate).") from None


def _with_terms(stack: Stack, item: Mapping[str, object], address: str) -> Stack:
    """Return the stack with what it says about repeats, validity, issue, use and versions."""

    def choice(name: str, *known: str) -> str:
        return one_of(item.get(name, known[0]), known, f"{address}/{name}")

    def labels(name: str) -> tuple[str, ...]:
        return rules_of(item[name], f"{address}/{name}") if name in item else ()

    return replace(
        stack,
        repeats=choice("repeats", "best", "latest", "first", "none"),
        valid=choice("valid", "at-award", "throughout"),
        lasts=_lasts(item["lasts"], f"{address}/lasts") if "lasts" in item else None,
        issue=choice("issue", "automatic", "on-application", "opt-out"),
        consume=choice("consume", "within-award", "never", "bank"),
        ledger_rule=labels("ledger_rule"),
        issue_rule=labels("issue_rule"),
        credit_kind=text_of(item.get("credit_kind", ""), f"{address}/credit_kind"),
        award_type=text_of(item.get("type", ""), f"{address}/type"),
        supersedes=keys_of(item["supersedes"], f"{address}/supersedes")
        if "supersedes" in item
        else (),
        since=optional_day(item, "from", address) or date.min,
        until=optional_day(item, "until", address) or date.max,
        binding=_binding(item, f"{address}/binding"),
    )


def _lasts(data: object, address: str) -> Anchor:
    """Read how long an award is valid: a span from its day on, perhaps to the end of that year."""
    item = mapping_of(data, address, ("years", "months", "days", "end_of"))
    length = {name: value for name, value in item.items() if name != "end_of"}
    if "end_of" in item:
        one_of(item["end_of"], ("year",), f"{address}/end_of")
    span = Span() if item.keys() == {"end_of"} else span_of(length, address)
    return Anchor("asked", "", span, "end_of" in item)


def _binding(item: Mapping[str, object], address: str) -> Binding:
    if "binding" not in item:
        return Binding()
    data = mapping_of(item["binding"], address, ("policy", "event"))
    policies = ("bound", "latest", "best")
    policy = one_of(data.get("policy", "latest"), policies, f"{address}/policy")
    if policy == "latest":
        if "event" in data:
            raise DocumentError(f"{address}/event", "'event' has no meaning with 'latest'.")
        return Binding()
    return Binding(policy, key_of(data.get("event"), f"{address}/event"))


def _renewal(key: str, item: Mapping[str, object], address: str, scales: Scales) -> Renewal | None:
    if "renewal" not in item:
        return None
    data = mapping_of(item["renewal"], address, ("requires", "opens", "rule"))
    if "requires" not in data:
        raise DocumentError(address, "A renewal needs 'requires': what must be met.")
    if "rule" in data and "opens" not in data:
        raise DocumentError(f"{address}/rule", "'rule' has no meaning without 'opens'.")
    node = Reader(scales).read(data["requires"], f"{address}/requires", 1, RENEWAL)
    if "opens" in data:
        span = span_of(data["opens"], f"{address}/opens")
        opening = Anchor("expiry", key, Span(-span.months, -span.days))
        tests = (
            Compare("on", "at_least", opening),
            Compare("on", "below", Anchor("expiry", key)),
        )
        rule = rules_of(data["rule"], f"{address}/rule") if "rule" in data else ()
        window = Filter(id="opens", rule=rule, where=AllTests(tests))
        node = replace(node, clauses=(*node.clauses, window))
    return Renewal(node)


def _levels(stack: Stack, item: Mapping[str, object], address: str) -> tuple[Level, ...]:
    if "award_levels" not in item:
        return ()
    found = []
    amounts = {at for at, node in stack.walk() if isinstance(node, Amount | Group)}
    for index, entry in enumerate(list_of(item["award_levels"], address)):
        here = f"{address}/{index}"
        data = mapping_of(entry, here, ("name", "at", "need"))
        at = text_of(data.get("at", ROOT), f"{here}/at")
        if at not in amounts:
            raise DocumentError(f"{here}/at", f"There is no amount or group at {at}.")
        name = text_of(data.get("name"), f"{here}/name")
        found.append(Level(name, at, amount_of(data.get("need"), f"{here}/need")))
    return tuple(found)


def _refuse_dangling(stack: Stack, address: str) -> None:
    """Refuse clauses that speak of a requirement that is not there."""
    known = {at for at, _ in stack.walk()}
    for at, _, clause in stack.clauses():
        for name in ("of", "first", "second"):
            wanted = getattr(clause, name, None)
            if isinstance(wanted, str) and wanted not in known:
                message = f"{at} speaks of {wanted}, and there is no such requirement."
                raise DocumentError(f"{address}/requires", message)
