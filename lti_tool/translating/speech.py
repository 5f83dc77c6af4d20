"""Sentences in the language that is spoken now; the catalogues are read once per process."""

from __future__ import annotations

import gettext as standard
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast
from unicodedata import bidirectional

from lti_tool.translating.amounts import number_in
from lti_tool.translating.languages import ENGLISH, PSEUDO, direction, spoken
from lti_tool.translating.pseudo import PseudoTranslations

FOLDER = Path(__file__).resolve().parent.parent / "translations"
DOMAIN = "quoin"
TO_RIGHT, TO_LEFT, END = "\u2066", "\u2067", "\u2069"
"""Characters that keep the direction of a name from reaching the words around it."""

FRACTION = 100

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V", covariant=True)
_CODE = re.compile("[a-z-]+")
_MARKS = re.compile("[\u2066-\u2069]")


@cache
def _catalogue(code: str) -> standard.NullTranslations:
    if code == PSEUDO:
        return PseudoTranslations()
    if code == ENGLISH:
        return standard.NullTranslations()
    return standard.translation(DOMAIN, FOLDER, [code])


def language() -> str:
    """Return the code of the language that is spoken now."""
    return spoken.get()


def speak(code: str) -> None:
    """Speak a language from now on: for the web, where every request begins with this."""
    spoken.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = spoken.set(code)
    try:
        yield
    finally:
        spoken.reset(token)


def marked(words: T) -> T:
    """Return a sentence as it is: it is said later, by ``_``."""
    return words


class Words(Mapping[K, V]):
    """A table whose words are said in the language spoken when they are looked up.

    A value is a text, or a tuple in which words of small letters alone ("met") are codes.
    """

    def __init__(self, table: Mapping[K, V]) -> None:
        self._table = table

    def __getitem__(self, key: K) -> V:
        found: Any = self._table[key]
        if isinstance(found, tuple):
            return cast(V, tuple(one if _CODE.fullmatch(one) else _(one) for one in found))
        return cast(V, _(found))

    def __iter__(self) -> Iterator[K]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def _(message: str, /, **values: object) -> str:
    """Return a sentence in the language spoken now, with ``values`` in its {places}.

    Numbers are written as in that language. What is no known sentence stays as it is.
    """
    if not message:
        return ""
    code = spoken.get()
    return _filled(_catalogue(code).gettext(message), code, values)


def form_for(one: str, many: str, n: int | Decimal) -> str:
    """Return the form of a sentence for a number, its places still empty."""
    return _catalogue(spoken.get()).ngettext(one, many, _whole(n))


def ngettext(one: str, many: str, n: int | Decimal, /, **values: object) -> str:
    """Return the form of a sentence for a number, which stands at {n}."""
    code = spoken.get()
    return _filled(form_for(one, many, n), code, {"n": n, **values})


def _whole(n: int | Decimal) -> int:
    """Return a whole number that has the same form: fractions have that of a hundred."""
    return int(n) if n == int(n) else FRACTION


def pgettext(context: str, message: str, /, **values: object) -> str:
    """Return a sentence like ``_``, where the same English means something else elsewhere."""
    code = spoken.get()
    return _filled(_catalogue(code).pgettext(context, message), code, values)


def isolated(value: object, code: str) -> object:
    """Return a value as it stands in a sentence: numbers written out, names kept apart."""
    if isinstance(value, str):
        # Asked for hundreds of times a page, so nothing is done where nothing is to be done.
        return value if direction(code) == "ltr" or not value else _kept_apart(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number_in(code, value)
    return value


def plain(words: str) -> str:
    """Return words for where no browser shows them: without the marks around names."""
    return _MARKS.sub("", words)


def _kept_apart(value: str) -> str:
    is_written_so = any(bidirectional(letter) in ("R", "AL") for letter in value)
    # Concatenated so, a Markup stays one.
    return (TO_LEFT if is_written_so else TO_RIGHT) + value + END


def _filled(words: str, code: str, values: dict[str, object]) -> str:
    if not values:
        return words
    return words.format_map({name: isolated(value, code) for name, value in values.items()})
