"""CLR 2.0 transcripts: members of one person, each once, and associations that lead somewhere."""

from __future__ import annotations

import json
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lti_tool.credentials.recognition.outcomes import invalid
from lti_tool.credentials.recognition.values import listed, name_of

MOST_MEMBERS = 40
MOST_ASSOCIATIONS = 1000
DEEPEST = 2
"""Transcripts in transcripts."""
TYPES = {
    "exactMatchOf",
    "isChildOf",
    "isParentOf",
    "isPartOf",
    "isPeerOf",
    "isRelatedTo",
    "precedes",
    "replacedBy",
}
ORDERS = ({"isChildOf", "isParentOf", "isPartOf"}, {"precedes"}, {"replacedBy"})
"""Associations that put achievements in an order; none may lead back."""


def members_of(document: dict[str, Any], depth: int) -> list[Any]:
    """Return the embedded credentials; ``FindingError`` when they are too many or too deep."""
    members = listed(document["credentialSubject"]["verifiableCredential"])
    if len(members) > MOST_MEMBERS:
        raise invalid("members-many")
    if depth > DEEPEST:
        raise invalid("members-nested")
    texts = {json.dumps(member, sort_keys=True) for member in members}
    if len(texts) != len(members):
        raise invalid("member-twice")
    return members


def check_nesting(value: Any, depth: int = 0) -> None:
    """Refuse transcripts in transcripts too deep, before anything of them is computed."""
    if isinstance(value, dict):
        depth += "ClrCredential" in listed(value.get("type"))
        if depth > DEEPEST:
            raise invalid("members-nested")
        for member in value.values():
            check_nesting(member, depth)
    elif isinstance(value, list):
        for member in value:
            check_nesting(member, depth)


def check_members(document: dict[str, Any], members: list[dict[str, Any]]) -> None:
    """Refuse members that are there twice or belong to somebody else, and wild associations.

    ``members`` are the credentials as documents, those that came as JWT included.
    """
    names = [(name_of(member["issuer"]), member["id"]) for member in members]
    if len(set(names)) != len(names):
        raise invalid("member-twice")
    subject = document["credentialSubject"]
    for member in members:
        if not _same_person(subject, member["credentialSubject"]):
            raise invalid("member-of-another")
    achievements = [*listed(subject.get("achievement"))]
    achievements += [member["credentialSubject"].get("achievement") for member in members]
    _check_associations(
        listed(subject.get("association")), {name_of(found) for found in achievements}
    )


def _same_person(subject: dict[str, Any], other: dict[str, Any]) -> bool:
    if subject.get("id") and other.get("id"):
        return bool(subject["id"] == other["id"])
    mine, theirs = (
        {
            str(entry.get("identityHash", entry.get("identifier")))
            for entry in listed(person.get("identifier"))
            if isinstance(entry, dict)
        }
        for person in (subject, other)
    )
    return bool(mine & theirs)


def _check_associations(associations: list[Any], known: set[str]) -> None:
    if len(associations) > MOST_ASSOCIATIONS:
        raise invalid("association-wrong")
    for found in associations:
        if not isinstance(found, dict) or found.get("associationType") not in TYPES:
            raise invalid("association-wrong")
        if not {found.get("sourceId"), found.get("targetId")} <= known - {""}:
            raise invalid("association-dangling")
    for kinds in ORDERS:
        _check_order([found for found in associations if found["associationType"] in kinds])


def _check_order(associations: list[dict[str, Any]]) -> None:
    graph: TopologicalSorter[str] = TopologicalSorter()
    for found in associations:
        ends = found["sourceId"], found["targetId"]
        lower, upper = reversed(ends) if found["associationType"] == "isParentOf" else ends
        graph.add(upper, lower)
    try:
        graph.prepare()
    except CycleError:
        raise invalid("association-circle") from None
