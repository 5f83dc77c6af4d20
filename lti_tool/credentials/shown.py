"""What a page or a transcript shows of a credential of ours: nothing but what was signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lti_tool.credentials.described import QUALITY_TYPE
from lti_tool.credentials.european import framework_level


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that counted, or a text about it; ``url`` is empty or its address."""

    name: str
    genre: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Aligned:
    """An outcome of a framework that the achievement is aligned to."""

    name: str
    framework: str
    url: str
    code: str = ""
    type: str = ""

    @property
    def is_level(self) -> bool:
        """Whether this is a place in a framework of levels, and nothing that was learned."""
        is_named = bool(self.code) and self.name.endswith(f"level {self.code}")
        return is_named or "qualifications framework" in self.framework.lower()


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential in plain values; empty texts and None where it says nothing.

    ``criteria`` is Markdown of the issuer; ``results`` are (what, how good).
    """

    id: str
    name: str
    kind: str
    description: str
    image: str
    issuer_id: str
    issuer_name: str
    issuer_url: str
    valid_from: datetime | None
    valid_until: datetime | None
    awarded_on: date | None
    credits: str
    criteria: str
    criteria_url: str
    evidence: tuple[Piece, ...]
    aligned: tuple[Aligned, ...]
    results: tuple[tuple[str, str], ...]

    @property
    def built_from(self) -> tuple[Piece, ...]:
        """The completions and smaller awards that counted."""
        return tuple(p for p in self.evidence if p.genre in ("Credential", "Completion"))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that the achievement is placed at."""
        return tuple(one.name for one in self.placed)

    @property
    def placed(self) -> tuple[Aligned, ...]:
        """The levels with their frameworks."""
        return tuple(one for one in self.aligned if one.is_level)

    @property
    def outcomes(self) -> tuple[Aligned, ...]:
        """What was learned, as frameworks name it: neither a level nor who assured the quality."""
        return tuple(a for a in self.aligned if not a.is_level and a.type != QUALITY_TYPE)


def level_words(placed: Aligned) -> str:
    """Return a level that a credential of ours says; those of others stay in their own words."""
    if placed.name == f"{placed.framework}, level {placed.code}":
        return framework_level(placed.framework, placed.code)
    return placed.name


def shown(document: dict[str, Any]) -> Shown:
    """Return what a signed AchievementCredential (Open Badges 3.0) says, for people."""
    subject = _object(document.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    criteria = _object(achievement.get("criteria"))
    issuer = _object(document.get("issuer"))
    awarded = _instant(document.get("awardedDate"))
    return Shown(
        id=_text(document.get("id")),
        name=_text(achievement.get("name") or document.get("name")),
        kind=_text(achievement.get("achievementType")),
        description=_text(achievement.get("description")),
        image=_text(_object(achievement.get("image")).get("id")),
        issuer_id=_text(issuer.get("id")),
        issuer_name=_text(issuer.get("name")),
        issuer_url=_text(issuer.get("url")),
        valid_from=_instant(document.get("validFrom")),
        valid_until=_instant(document.get("validUntil")),
        awarded_on=awarded.date() if awarded else None,
        credits=_number(subject.get("creditsEarned", achievement.get("creditsAvailable"))),
        criteria=_text(criteria.get("narrative")),
        criteria_url=_text(criteria.get("id")),
        evidence=tuple(_piece(one) for one in _objects(document.get("evidence"))),
        aligned=tuple(_aligned(one) for one in _objects(achievement.get("alignment"))),
        results=_results(subject, achievement),
    )


def _piece(one: dict[str, Any]) -> Piece:
    text = "\n".join(filter(None, (_text(one.get("description")), _text(one.get("narrative")))))
    return Piece(_text(one.get("name")), _text(one.get("genre")), text, _text(one.get("id")))


def _aligned(one: dict[str, Any]) -> Aligned:
    return Aligned(
        _text(one.get("targetName")),
        _text(one.get("targetFramework")),
        _text(one.get("targetUrl")),
        _text(one.get("targetCode")),
        _text(one.get("targetType")),
    )


def _results(subject: dict[str, Any], achievement: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    described = {
        one.get("id"): _text(one.get("name"))
        for one in _objects(achievement.get("resultDescription"))
    }
    return tuple(
        (
            described.get(one.get("resultDescription")) or "Result",
            _text(one.get("value") or one.get("status")),
        )
        for one in _objects(subject.get("result"))
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:g}" if is_number else ""


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return found if found.tzinfo else None
