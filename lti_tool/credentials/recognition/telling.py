"""What a credential says, taken out as plain text to show."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.credentials.recognition.outcomes import Told
from lti_tool.credentials.recognition.values import listed, name_of, plain

MOST_PARTS = 10
"""Pieces of evidence, results and alignments that are told."""

RULE_HASH = re.compile(r"SHA-256 of the rule: ([0-9a-f]{64})\b")
RECEIPT_HASH = re.compile(r"SHA-256 of the receipt of what was counted: ([0-9a-f]{64})\b")


def told(document: dict[str, Any], kind: str, endorsed_by: tuple[str, ...] = ()) -> Told:
    """Return what a credential says. Call it only for what a signature covers."""
    subject = document["credentialSubject"]
    achievement = subject.get("achievement")
    about = achievement if isinstance(achievement, dict) else {}
    issuer = document["issuer"]
    earned = subject.get("creditsEarned", about.get("creditsAvailable"))
    return Told(
        kind=kind,
        id=plain(document.get("id")),
        issuer=plain(name_of(issuer)),
        issuer_name=plain(issuer.get("name")) if isinstance(issuer, dict) else "",
        name=plain(about.get("name") or document.get("name")),
        description=plain(about.get("description") or document.get("description")),
        achievement=plain(about.get("id")),
        achievement_type=plain(about.get("achievementType")),
        subject=plain(name_of(subject)),
        valid_from=plain(document.get("validFrom", document.get("issuanceDate"))),
        valid_until=plain(document.get("validUntil", document.get("expirationDate"))),
        credits="" if earned is None else f"{earned:g}",
        endorsed_by=tuple(plain(name) for name in endorsed_by),
        criteria=_in_words(about.get("criteria"), "narrative", "id"),
        results=_results(subject, about),
        alignments=_each(about.get("alignment"), "targetFramework", "targetName", "targetCode"),
        evidence=_each(document.get("evidence"), "name", "narrative", "description", "id"),
        rule_hash=_hash_in(document, RULE_HASH),
        receipt_hash=_hash_in(document, RECEIPT_HASH),
    )


def _in_words(part: Any, *names: str) -> str:
    """Return some members of a part, in this order, as one text."""
    if not isinstance(part, dict):
        return plain(part) if isinstance(part, str) else ""
    return ": ".join(plain(part[name]) for name in names if isinstance(part.get(name), str))


def _each(parts: Any, *names: str) -> tuple[str, ...]:
    found = (_in_words(part, *names) for part in listed(parts)[:MOST_PARTS])
    return tuple(text for text in found if text)


def _results(subject: dict[str, Any], about: dict[str, Any]) -> tuple[str, ...]:
    """Return grades and other results, each with what the issuer calls it."""
    described = [one for one in listed(about.get("resultDescription")) if isinstance(one, dict)]
    names = {str(one.get("id")): plain(one.get("name")) for one in described}
    found = []
    for result in listed(subject.get("result"))[:MOST_PARTS]:
        if isinstance(result, dict):
            value = _in_words(result, "value", "status")
            name = names.get(str(result.get("resultDescription")), "")
            found.append(f"{name}: {value}" if name else value)
    return tuple(text for text in found if text)


def _hash_in(document: dict[str, Any], pattern: re.Pattern[str]) -> str:
    """Return a hash from the evidence that names the rule; empty where there is none."""
    for piece in listed(document.get("evidence")):
        if isinstance(piece, dict) and piece.get("genre") == "Rule":
            found = pattern.search(str(piece.get("narrative", "")))
            if found is not None:
                return found[1]
    return ""
