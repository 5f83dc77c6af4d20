"""The languages that are offered, and which of them somebody gets."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

ENGLISH = "en"
PSEUDO = "qps"
"""Made from the English source while it runs: shows what nobody marked. Never offered to people."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its name in itself, its locale in the CLDR, the direction of its script."""

    name: str
    locale: str
    direction: str = "ltr"


LANGUAGES = {
    ENGLISH: Language("English", "en_GB"),
    "de": Language("Deutsch", "de"),
    "es": Language("Español", "es"),
    "ar": Language("العربية", "ar", "rtl"),
}
spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)
"""The language of the work at hand."""

_KNOWN = {**LANGUAGES, PSEUDO: Language("Pseudo", "en_GB")}


def find(tag: str | None) -> str | None:
    """Return the language of a tag (BCP 47, "de-AT"); None where it is not spoken here."""
    code = (tag or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else None


def choose(*wanted: str | None) -> str:
    """Return the first of the languages of these tags that is spoken here, else English."""
    return next(filter(None, map(find, wanted)), ENGLISH)


def is_spoken(code: str) -> bool:
    """Return whether people are offered this language."""
    return code in LANGUAGES


def own_names() -> list[tuple[str, str]]:
    """Return code and own name of every language that is offered."""
    return [(code, one.name) for code, one in LANGUAGES.items()]


def locale_of(code: str) -> str:
    """Return the name of a language's locale in the CLDR."""
    return _KNOWN[code].locale


def direction(code: str) -> str:
    """Return "ltr" or "rtl"."""
    return _KNOWN[code].direction
