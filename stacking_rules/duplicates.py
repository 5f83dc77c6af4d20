"""Completions that may be one and the same: for a person to look at."""

from __future__ import annotations

from collections import defaultdict

from stacking_rules.facts import Completion, LearnerRecord


def to_review(record: LearnerRecord) -> tuple[tuple[str, str], ...]:
    """Return pairs of ids of completions that cannot be told apart as attempts.

    A completion is identified by achievement and attempt. Two of one achievement from different
    issuers, where one of them does not say which attempt it was, may be the same one told twice.
    """
    groups: dict[str, list[Completion]] = defaultdict(list)
    for completion in record.completions:
        groups[completion.achievement].append(completion)
    found = []
    for group in groups.values():
        ordered = sorted(group, key=lambda fact: (fact.on, fact.id))
        for index, first in enumerate(ordered):
            for second in ordered[index + 1 :]:
                is_told_apart = bool(first.attempt and second.attempt)
                if not is_told_apart and first.values("issuer") != second.values("issuer"):
                    found.append((first.id, second.id))
    return tuple(found)
