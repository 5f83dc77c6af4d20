"""What a rule names: achievements, awards, scales and frameworks that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from stacking_rules import clauses as kinds
from stacking_rules.definitions import Definitions
from stacking_rules.errors import DocumentError
from stacking_rules.facts import HUNDRED
from stacking_rules.findings import ERROR, INFO, WARNING, Finding, Spot
from stacking_rules.lint_tests import filters_of
from stacking_rules.reading import scale_of
from stacking_rules.requirements import Amount, Completed, Earned, Limit, Requirement
from stacking_rules.selection import AllTests, AnyTest, Compare, NotTest, Test


def self_reference(spot: Spot) -> Iterator[Finding]:
    """Find a stack that asks for its own award."""
    if spot.stack.key in _awards(spot.node):
        yield spot.finding(ERROR, "self-reference", key=spot.stack.key)


def _awards(node: Requirement) -> tuple[str, ...]:
    if isinstance(node, Earned):
        return (node.achievement,)
    return node.of if isinstance(node, Amount) and "award" in node.among else ()


def unknown_award(spot: Spot) -> Iterator[Finding]:
    """Find awards that no stack of the document makes: they may be published elsewhere."""
    if not _names_awards_alone(spot.node):
        return
    known = {stack.key for stack in spot.document.stacks}
    asked = set(spot.stack.needed_awards())
    for key in _awards(spot.node):
        if key in known:
            continue
        # What the stack asks for as well was hardly meant a second time.
        near = get_close_matches(key, sorted(known - asked - {spot.stack.key}), 1, 0.8)
        if near:
            yield spot.finding(WARNING, "unknown-award", "near", key=key, near=near[0])
        else:
            yield spot.finding(INFO, "unknown-award", key=key)


def _names_awards_alone(node: Requirement) -> bool:
    return isinstance(node, Earned) or (isinstance(node, Amount) and node.among == ("award",))


def unknown_achievement(spot: Spot) -> Iterator[Finding]:
    """Find achievements that the document does not know, where it names its achievements."""
    known = spot.stack.definitions.achievements
    for index, key in enumerate(named_by(spot.node)):
        if known and key not in known:
            near = get_close_matches(key, known, 1)
            step = "" if isinstance(spot.node, Completed) else f"/of/{index}"
            why = "near" if near else ""
            yield spot.finding(
                ERROR, "unknown-achievement", why, step=step, key=key, near="".join(near)
            )


def named_by(node: Requirement) -> tuple[str, ...]:
    """Return the achievements that ``node`` names; none where it may mean awards, too."""
    if isinstance(node, Completed):
        return (node.achievement,)
    if isinstance(node, Amount) and node.among == ("completion",):
        return node.of
    return node.of if isinstance(node, Limit) else ()


def only_retired(spot: Spot) -> Iterator[Finding]:
    """Find requirements that only what is retired could meet.

    What is forbidden, or looked at in a condition, may have been completed before.
    """
    texts = spot.stack.definitions.achievements
    keys = named_by(spot.node)
    if isinstance(spot.node, Limit) or not keys or spot.scope[0].above:
        return
    if all(key in texts and texts[key].status == "retired" for key in keys):
        instead = sorted({texts[key].replaced_by for key in keys} - {""})
        why = "replaced" if instead else ""
        yield spot.finding(
            ERROR, "only-retired", why, keys=", ".join(keys), instead=", ".join(instead)
        )


# -- scales and frameworks --------------------------------------------------------------------


def no_table(spot: Spot) -> Iterator[Finding]:
    """Find grades asked for on a scale that no option is graded on and no table leads to."""
    texts = spot.stack.definitions.achievements
    options = [texts[key] for key in named_by(spot.node) if key in texts]
    for scale, clause in dict.fromkeys(_asked_on(spot) if options else ()):
        apart = {
            text.scale: text.key
            for text in options
            if not _leads(spot.stack.definitions, text.scale, scale)
        }
        for source, key in apart.items():
            yield spot.finding(
                ERROR, "no-table", clause=clause, key=key, source=source, target=scale
            )


def _leads(definitions: Definitions, source: str, target: str) -> bool:
    tables = {(table.source, table.target) for table in definitions.tables}
    return source == target or (source, target) in tables


def _asked_on(spot: Spot) -> Iterator[tuple[str, kinds.Clause | None]]:
    """Yield the scales on which everything that counts must have a grade, and which clause asks."""
    node = spot.node
    if isinstance(node, Completed | Amount) and node.grade is not None:
        yield node.grade.scale, None
    if isinstance(node, Amount) and node.unit == "points":
        yield node.scale, None
    for test in (getattr(node, "where", None), *filters_of(spot)):
        yield from ((found.scale, None) for found in _demands(test) if found.name == "grade")
    for clause in node.clauses:
        if isinstance(clause, kinds.Mean) and clause.where is None:
            yield clause.scale, clause


def _demands(test: Test | None) -> Iterator[Compare]:
    """Yield the comparisons that whatever passes ``test`` must pass."""
    if isinstance(test, Compare):
        yield test
    elif isinstance(test, AllTests):
        for part in test.tests:
            yield from _demands(part)


def comparisons(test: Test | None) -> Iterator[Compare]:
    """Yield the comparisons that ``test`` is made of."""
    match test:
        case Compare():
            yield test
        case NotTest(inner):
            yield from comparisons(inner)
        case AllTests(tests) | AnyTest(tests):
            for part in tests:
                yield from comparisons(part)


def unknown_framework(spot: Spot) -> Iterator[Finding]:
    """Find levels on a framework that the document does not know, where it names frameworks."""
    known = frameworks(spot.stack.definitions)
    if not known:
        return
    clauses = [(clause, getattr(clause, "where", None)) for clause in spot.node.clauses]
    for clause, test in [(None, getattr(spot.node, "where", None)), *clauses]:
        for found in comparisons(test):
            if found.name == "level" and found.scale not in (HUNDRED, *known):
                yield spot.finding(
                    ERROR,
                    "unknown-framework",
                    clause=clause,
                    name=found.scale,
                    known=", ".join(sorted(known)),
                )


def frameworks(definitions: Definitions) -> set[str]:
    """Return the level frameworks that tables and achievements name."""
    found = {name for table in definitions.levels for name in (table.source, table.target)}
    for text in definitions.achievements.values():
        found |= {str(v) for name, values in text.attributes if name == "framework" for v in values}
    return found


def unknown_scales(definitions: Definitions) -> Iterator[tuple[int, str, str]]:
    """Yield (number of the table, "from" or "to", scale) where a table names no scale there is."""
    for index, table in enumerate(definitions.tables):
        for field, scale in (("from", table.source), ("to", table.target)):
            if not _is_scale(scale, definitions):
                yield index, field, scale


def _is_scale(scale: str, definitions: Definitions) -> bool:
    try:
        return bool(scale_of(scale, "", definitions.scales))
    except DocumentError:
        return False


CHECKS = (
    self_reference,
    unknown_award,
    unknown_achievement,
    only_retired,
    no_table,
    unknown_framework,
)
