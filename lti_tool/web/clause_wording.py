"""Words for the clauses of a requirement, and for requirements that ask for no course."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.translating import Words, _
from stacking_rules import Attested, Choice, ClauseProgress, LearnerIs, Limit, Requirement, Waived
from stacking_rules import clauses as kinds
from stacking_rules.selection import OneOf

UNITS = Words(
    {
        "credits": "credits",
        "items": "items",
        "points": "points",
        "grade": "on average",
        "values": "different ones",
        "places": "places",
        "yes": "",
    }
)

TITLES: Mapping[type[kinds.Clause], str] = Words(
    {
        kinds.Open: "Open at this time",
        kinds.Window: "All of it within the time allowed",
        kinds.After: "In the right order",
        kinds.Together: "All of it valid at one time",
        kinds.Least: "Of these, at least",
        kinds.Most: "Of these, no more than",
        kinds.Portion: "The share that is asked for",
        kinds.Distinct: "Each of a different kind",
        kinds.Same: "All of one kind",
        kinds.Mean: "Grade average",
        kinds.Cap: "Of these, at most this much counts",
        kinds.Best: "Only the best count",
        kinds.Share: "Shared between two requirements",
        kinds.Once: "Places in which one item counts",
        kinds.Bundle: "Counted together or not at all",
        kinds.Carry: "Surplus for the next cycle",
    }
)

EXTERNAL = Words(
    {
        (kinds.Cap, True): "From other institutions no more than this counts",
        (kinds.Most, True): "From other institutions, no more than",
        (kinds.Least, False): "Reached at this institution, at least",
        (kinds.Portion, False): "The share that is to be reached at this institution",
        (kinds.Portion, True): "The share that comes from other institutions",
    }
)
"""Clauses on transfer and residence: by kind, and by what the attribute ``external`` is to be."""

UNUSED = Words(
    {
        "pending": "it still has to be confirmed",
        "not-done": "it is not finished yet",
        "expired": "it is no longer valid",
        "excluded": "an exception excludes it",
        "barred": "a condition of this award keeps it out",
    }
)
"""Why a fact does not count: what the clauses and the life of a fact add."""


def clause_title(clause: ClauseProgress) -> str:
    """Return what a clause is called."""
    where = getattr(clause.clause, "where", None)
    if isinstance(where, OneOf) and where.name == "external" and len(where.values) == 1:
        found = EXTERNAL.get((type(clause.clause), bool(where.values[0])))
        if found is not None:
            return found
    return TITLES.get(type(clause.clause)) or _("Condition")


def clause_standing(clause: ClauseProgress) -> str:
    """Return where a learner stands at a clause: 12 of 24 credits."""
    unit = UNITS.get(clause.unit, clause.unit)
    if not unit:
        return ""
    return _("{have} of {need} {unit}", have=clause.have, need=clause.need, unit=unit)


def other_title(requirement: Requirement, names: Mapping[str, str]) -> str:
    """Return what a requirement is called that asks for no course; "" for all others."""
    if isinstance(requirement, Attested):
        return names.get(requirement.achievement, requirement.achievement)
    if isinstance(requirement, Limit):
        unit = UNITS[requirement.unit]
        return _("No more than {most} {unit} of these", most=requirement.most, unit=unit)
    if isinstance(requirement, LearnerIs):
        return _("A condition on the learner")
    if isinstance(requirement, Choice):
        return _("Depends on a condition")
    return _("Met by exception") if isinstance(requirement, Waived) else ""
