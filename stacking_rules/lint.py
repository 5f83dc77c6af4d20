"""lint(document): what is wrong, or surprising, in stacks before any learner meets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from stacking_rules import lint_clauses, lint_groups, lint_references, lint_tests
from stacking_rules.circles import award_circles, substitution_circles
from stacking_rules.definitions import Definitions
from stacking_rules.documents import Document
from stacking_rules.findings import ERROR, SEVERITIES, WARNING, Finding, spots
from stacking_rules.formats import CURRENT
from stacking_rules.impossible import Prospect
from stacking_rules.stacks import ROOT, Stack

CHECKS = (
    *lint_references.CHECKS,
    *lint_groups.CHECKS,
    *lint_clauses.CHECKS,
    lint_tests.contradictions,
)


def lint(document: Document) -> tuple[Finding, ...]:
    """Return what is wrong or surprising in ``document``, the gravest first, in document order."""
    found = [*_old_format(document), *_of_document(document.definitions, "", "")]
    found += _circular(document.stacks)
    for position, stack in enumerate(document.stacks):
        of_stack = [*_of_stack(document, stack)]
        if stack.definitions is not document.definitions:
            of_stack += _of_document(stack.definitions, stack.key, "/definitions")
        found += [replace(finding, position=position) for finding in of_stack]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _old_format(document: Document) -> Iterator[Finding]:
    if document.format < CURRENT:
        values = {"old": document.format, "current": CURRENT}
        yield Finding("old-format", WARNING, "", "", values, step="/quoin")


def _of_document(definitions: Definitions, stack: str, step: str) -> Iterator[Finding]:
    """Yield what is wrong in what a document, or one stack, declares."""
    for index, way in substitution_circles(definitions.accepted):
        values = {"way": " -> ".join(way)}
        at = f"{step}/accepted/{index}"
        yield Finding("substitution-cycle", ERROR, stack, "", values, step=at)
    for index, field, scale in lint_references.unknown_scales(definitions):
        at = f"{step}/tables/{index}/{field}"
        yield Finding("unknown-scale", ERROR, stack, "", {"scale": scale}, step=at)


def _circular(stacks: Sequence[Stack]) -> Iterator[Finding]:
    for position, way in award_circles(stacks):
        values = {"way": " -> ".join(way)}
        yield Finding("circular", ERROR, way[0], "", values, position=position)


def _of_stack(document: Document, stack: Stack) -> Iterator[Finding]:
    every = list(spots(document, stack))
    for spot in every:
        for check in CHECKS:
            yield from check(spot)
    yield from lint_clauses.sharing(every)
    yield from lint_groups.proved(stack, every)
    yield from _levels(stack)


def _levels(stack: Stack) -> Iterator[Finding]:
    """Find levels of the award that what is listed cannot reach."""
    if not stack.levels:
        return
    prospect = Prospect(stack, ROOT, stack.requires)
    for index, level in enumerate(stack.levels):
        most = prospect.most_at(level.at)
        if most is not None and most < level.need:
            values = {"name": level.name, "need": level.need, "most": most}
            step = f"/award_levels/{index}/need"
            yield Finding("unsatisfiable", ERROR, stack.key, "", values, "level", step)
