"""Words for examples of a rule: what a small change of it is, and why there is none."""

from __future__ import annotations

from stacking_rules.rule_changes import Change

CHANGES = {
    "need": "{after} is needed instead of {before}",
    "most": "{after} is the most instead of {before}",
    "limit": "{after} is the limit instead of {before}",
    "count": "{after} of the parts are needed instead of {before}",
    "part": "the part {before} is not asked for",
    "option": "{before} does not count",
    "use": "it is {after} instead of {before}",
    "where": "other facts count",
    "where.value": "the test says {after} instead of {before}",
    "where.gone": "the test no longer says {before}",
    "grade": "the grade asked for is {after} instead of {before}",
    "grade.gone": "no grade is asked for instead of {before}",
    "none": "what excludes does not exclude",
    "learner": "the condition on the learner does not hold",
    "gone": "the condition is not there",
    "swapped": "then and else change places",
    "clause": "the clause is not there",
    "clause.gone": "the clause ({before}) is not there",
    "distinct": "{after} different ones are enough instead of {before}",
    "best": "the best {after} count instead of {before}",
    "times": "one item counts in {after} places instead of {before}",
    "items": "{after} items may be shared instead of {before}",
    "credits": "{after} credits may be shared instead of {before}",
    "unique": "{after} credits must not be shared instead of {before}",
    "share": "the share is {after} instead of {before}",
    "target": "the mean asked for is {after} instead of {before}",
    "terms": "{after} terms are allowed instead of {before}",
    "days": "the time allowed is {after} day",
    "strict": "a later day is needed: {after} instead of {before}",
    "since": "it opens another day",
    "until": "it ends another day",
    "window": "the time allowed is longer",
    "order": "the order does not matter",
    "together": "they need not be valid at one time",
    "grace": "the grace is longer",
    "ledger": "what another award has redeemed counts",
}
"""What is another in a rule. With ".gone" for a change after which there is nothing."""

REASONS = {
    "no-qualifier": "nobody was found who qualifies",
    "not-found": "nobody was found whom this alone keeps out",
}


def say_change(change: Change) -> str:
    """Return a change of a rule in words, without its address."""
    key = change.kind
    if key == "where" and change.before:
        key = "where.value" if change.after else "where.gone"
    elif change.before and not change.after and f"{key}.gone" in CHANGES:
        key = f"{key}.gone"
    return CHANGES[key].format(before=change.before, after=change.after)
