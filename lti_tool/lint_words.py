"""Words for the findings of the static analysis."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.translating import Words
from stacking_rules import Finding

FINDINGS = Words(
    {
        "old-format": "The document is in format {old}, which is read for good; "
        "'quoin rules migrate' brings it to format {current}.",
        "substitution-cycle": "These are accepted for each other in a circle: {way}.",
        "circular": "These awards need each other: {way}. None of them can ever be made.",
        "self-reference": "The stack asks for its own award, {key}: it could never be made.",
        "unknown-achievement": "'{key}' is not among the achievements of this document.",
        "unknown-achievement.near": (
            "'{key}' is not among the achievements of this document. Did you mean '{near}'?"
        ),
        "unknown-award": "No stack of this document awards '{key}': it has to come from elsewhere.",
        "unknown-award.near": "No stack of this document awards '{key}'. Did you mean '{near}'?",
        "unknown-scale": (
            "'{scale}' is no scale: it is neither declared in 'scales' nor written low-high."
        ),
        "unknown-framework": (
            "'{name}' is not among the level frameworks of this document: {known}."
        ),
        "only-retired": "Only what is retired could meet this: {keys}.",
        "only-retired.replaced": (
            "Only what is retired could meet this: {keys}. It is replaced by {instead}: list "
            "that, too."
        ),
        "no-table": (
            "'{key}' is graded on {source} and asked for on {target}, and no table leads from "
            "one to "
            "the other."
        ),
        "unsatisfiable.reach": (
            "The options listed give {most} {unit} at most, and {need} are asked for."
        ),
        "unsatisfiable.limit": (
            "A limit that stands here lets {most} {unit} count at most, and {need} are asked for."
        ),
        "unsatisfiable.level": (
            "The level {name} needs {need}, and what is listed gives {most} at most."
        ),
        "unsatisfiable.declared": (
            "What this document declares of '{key}' does not pass the tests that hold here."
        ),
        "unsatisfiable.clauses": (
            "The options listed cannot reach the amount and meet the clauses that stand here as "
            "well."
        ),
        "unsatisfiable.together": (
            "Each part can be met, but not all that are needed together: too few options are "
            "listed "
            "to count once each."
        ),
        "unsatisfiable.ruled-out": (
            "This asks for what must not be held: {keys} stands in a 'none' that holds here as "
            "well."
        ),
        "unsatisfiable.ended": (
            "This ends on {until}, and the stack counts from {since} on: it can never be met."
        ),
        "unsatisfiable.too-late": (
            "This begins on {since}, and the stack counts before {until} only: it can never be met."
        ),
        "unsatisfiable.closed": "This is open on no day on which {at} is open.",
        "conflicting-limits": (
            "A share of at least {need} and one of at most {most} of the same are both asked for."
        ),
        "never-passes": "Nothing can pass: {name} is asked to be {first} and also {second}.",
        "several-values": (
            "Only what has several values of {name} could pass: it is asked to be {first} and also "
            "{second}."
        ),
        "mean-above-scale": "The mean asked for is {target}, and the best grade on {scale} is "
        "{best}.",
        "empty-window": "Nothing lies within 0 terms.",
        "empty-window.no-terms": "The window counts terms, and the document declares none in "
        "'terms'.",
        "duplicate-child": "'{key}' is asked for twice here.",
        "conflicting-shares": (
            "The clause '{other}' speaks of the same requirements: only one of the two would count."
        ),
        "conflicting-shares.itself": (
            "These two requirements are one, or one is a part of the other: there is nothing to "
            "share."
        ),
        "redundant-group": "A group of one part says no more than the part.",
        "nothing-needed": "Nothing is needed here: this is always met.",
        "dominated": (
            "This part is never needed: whoever meets it meets {other}, which asks for less or the "
            "same."
        ),
        "redundant": "This says nothing more: whoever meets {other} meets it, too.",
        "dead-option.declared": (
            "'{key}' can never count here: what is declared of it does not pass the tests."
        ),
        "dead-option.too-small": (
            "'{key}' can never matter here: whatever else counts, it is never what is missing."
        ),
        "dead-option.ended": (
            "This way ended on {until}, before the stack counts ({since}): it can never be taken."
        ),
        "dead-option.too-late": (
            "This way begins on {since}, when the stack no longer counts ({until}): it can "
            "never be "
            "taken."
        ),
        "printed-number": (
            "The printed number is {printed}, and {share} of {need} is {exact}. The printed one "
            "counts."
        ),
        "fraction": "The share is {exact}: say whether it is rounded up or down.",
        "first-step": "One completion alone makes this award: it would be issued on the first "
        "step.",
        "non-monotone": "Something further that a learner takes can undo this.",
        "non-monotone.mean": "A further attempt with a low grade can undo this mean.",
        "many-compete": (
            "{count} requirements compete for the same items: with more than 10 their sets "
            "cannot be "
            "written out, and every learner is decided by himself."
        ),
        "items": "The fewest items that qualify: {fewest}.",
        "ways": "There are {count} smallest sets of options that qualify.",
        "ways.more": "There are more than {count} smallest sets of options that qualify.",
        "ways.one": "There is one smallest set of options that qualifies.",
        "ways.none": "No set of options qualifies.",
        "credits": "Who just qualifies has {least} to {most} credits.",
        "credits.fixed": "Who just qualifies has {least} credits.",
        "unsaid.open": "The smallest sets are not counted: {at} has no list, so anything may "
        "count.",
        "unsaid.learner": "The smallest sets are not counted: {at} depends on the learner.",
        "unsaid.limit-of-all": (
            "The smallest sets are not counted: {at} depends on all that a learner holds."
        ),
        "unsaid.none": "The smallest sets are not counted: {at} excludes by more than a name.",
        "unsaid.points": "The smallest sets are not counted: {at} depends on grades.",
        "unsaid.split": "The smallest sets are not counted: {at} lists credits that may be split.",
        "unsaid.credits": (
            "The smallest sets are not counted: {at} adds credits that this document does not "
            "declare."
        ),
        "unsaid.same": (
            "The smallest sets are not counted: other achievements may stand for those of {at}."
        ),
        "unsaid.carried": "The smallest sets are not counted: {at} takes over surplus.",
        "unsaid.sharing": "The smallest sets are not counted: {at} limits the credits that are "
        "shared.",
        "unsaid.values": (
            "The smallest sets are not counted: {at} looks at values that this document does not "
            "declare."
        ),
        "unsaid.days": "The smallest sets are not counted: {at} depends on days.",
        "unsaid.tests": (
            "The smallest sets are not counted: the tests at {at} may be in the way of others."
        ),
        "unsaid.limit": "The smallest sets are not counted: the search reached its limit.",
        "unsaid.many": "Their credits are not given: there are too many of them.",
        "unsaid.worth": "Their credits are not given: this document does not declare those of "
        "'{at}'.",
        "lapses": "Time alone can change the answer here.",
        "lapses.award": "The award ends: it lasts for a time, or as long as its parts.",
        "lapses.never": "Time alone changes no answer, as long as what is held stays valid.",
        "undone.repeats": "A further attempt can replace one that counts.",
        "undone.never": "Nothing further that a learner completes can undo it.",
        "decided.thresholds": "Decided by thresholds alone: no two requirements compete for an "
        "item.",
        "decided.counts": (
            "Decided by counting: requirements compete for items, and each item counts as one."
        ),
        "decided.equal-credits": "Decided by counting: what competes is worth equal credits.",
        "decided.clause": "Decided by an exact search: this clause binds what counts.",
        "decided.points": "Decided by an exact search: grades compete here.",
        "decided.credits": "Decided by an exact search: options of unequal credits compete here.",
    }
)
"""By code, and by the sentence that is meant where a code has several."""


def say(finding: Finding) -> str:
    """Return the sentence of a finding, its values filled in."""
    name = f"{finding.code}.{finding.why}" if finding.why else finding.code
    return FINDINGS[name].format(**_plain(finding.values))


def _plain(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
