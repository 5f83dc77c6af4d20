"""author_facts(document): what every stack comes to, as findings that are nobody's fault."""

from __future__ import annotations

from collections.abc import Iterator

from stacking_rules.cases import FEW, Case, case_of
from stacking_rules.documents import Document
from stacking_rules.envelope import Envelope, envelope
from stacking_rules.findings import FACT, INFO, Finding
from stacking_rules.stacks import ROOT, Stack
from stacking_rules.ways import Ways


def author_facts(document: Document) -> tuple[Finding, ...]:
    """Return facts (and remarks) about the stacks of ``document``, in its order."""
    return tuple(
        Finding(f.code, f.severity, f.stack, f.address, f.values, f.why, f.step, position)
        for position, stack in enumerate(document.stacks)
        for f in (*_of_envelope(stack, envelope(stack)), *_of_case(stack, case_of(stack)))
    )


def _fact(stack: Stack, code: str, why: str = "", address: str = "", **values: object) -> Finding:
    return Finding(code, FACT, stack.key, address, values, why)


def _of_envelope(stack: Stack, found: Envelope) -> Iterator[Finding]:
    if found.ways is not None:
        yield from _of_ways(stack, found.ways)
    if found.unsaid is not None:
        yield _fact(stack, "unsaid", found.unsaid.reason, at=found.unsaid.at)
    for address in found.lapses:
        yield _fact(stack, "lapses", "" if address else "award", address)
    if not found.lapses:
        yield _fact(stack, "lapses", "never")
    if not found.undone_by:
        yield _fact(stack, "undone", "never")
    elif "" in found.undone_by:
        yield _fact(stack, "undone", "repeats")


def _of_ways(stack: Stack, ways: Ways) -> Iterator[Finding]:
    if not ways.count:
        yield _fact(stack, "ways", "none")
        return
    yield _fact(stack, "items", fewest=ways.items)
    why = "more" if ways.is_more else "one" if ways.count == 1 else ""
    yield _fact(stack, "ways", why, count=f"{ways.count:,}")
    if ways.least is not None:
        is_fixed = ways.least == ways.most
        why = "fixed" if is_fixed else ""
        yield _fact(stack, "credits", why, least=ways.least, most=ways.most)


def _of_case(stack: Stack, case: Case) -> Iterator[Finding]:
    why = case.reason or case.name
    yield _fact(stack, "decided", why, case.at)
    if case.competing > FEW:
        values = {"count": case.competing}
        yield Finding("many-compete", INFO, stack.key, ROOT, values)
