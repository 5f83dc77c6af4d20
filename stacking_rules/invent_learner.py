"""A learner made up for a rule: attributes that its conditions ask for, and days of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from stacking_rules.facts import Learner, Value
from stacking_rules.focus import learner_goals
from stacking_rules.requirements import LearnerIs, Requirement
from stacking_rules.satisfy import Inventor
from stacking_rules.selection import Anchor, Asked, Compare, Recent, Test, literals
from stacking_rules.spans import Span, add
from stacking_rules.stacks import walk

EARLY, LATE = timedelta(days=300), timedelta(days=100)


def invent_learner(
    rule: Requirement, everything: Sequence[Requirement], tests: Iterable[Test], asked: Asked
) -> Learner:
    """Return a learner for ``rule``; ``everything`` are the trees that ask about learners.

    ``tests`` are those on facts: they measure by events.
    """
    on_learner = [
        node.where
        for tree in (rule, *everything)
        for _, node in walk("/", tree)
        if isinstance(node, LearnerIs)
    ]
    inventor = Inventor(asked, on_learner, (), asked.as_of - EARLY)
    goals, prefer = learner_goals(rule)
    prefer += [(test, True) for test in on_learner]
    said = inventor.invent(goals, prefer, {}) or {}
    attributes = tuple((name, (value,)) for name, value in said.items() if isinstance(value, Value))
    return Learner(attributes, tuple(sorted(_events(tests, asked.as_of).items())))


def _events(tests: Iterable[Test], as_of: date) -> dict[str, date]:
    """Return days for events: early where facts have to follow, late where they have to precede."""
    found: dict[str, date] = {}
    for name, is_lower, span in _measured(tests):
        if is_lower:
            found[name] = as_of - EARLY
        else:
            found.setdefault(name, add(as_of - LATE, Span(-span.months, -span.days)))
    return found


def _measured(tests: Iterable[Test]) -> Iterator[tuple[str, bool, Span]]:
    for test in tests:
        for one in literals(test):
            if isinstance(one, Compare) and isinstance(one.value, Anchor):
                anchor, is_lower = one.value, one.operator in ("at_least", "above")
            elif isinstance(one, Recent):
                anchor, is_lower = one.anchor, False
            else:
                continue
            if anchor.source == "event":
                is_span = anchor.span.months > 0 or anchor.span.days > 0
                yield (
                    anchor.key,
                    is_lower and not anchor.span.months < 0,
                    anchor.span if is_span else Span(),
                )
