"""Words as a search compares them, and how well something found fits what was asked."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

LONGEST_WORD = 40
MOST_TERMS = 12

# Letters that Unicode does not take apart, though people type them without their stroke.
_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe"}
)
_ASCII = re.compile(r"[a-z0-9]+")
_CODE, _NAME, _OTHER_NAME, _DESCRIPTION = 12, 8, 4, 1
"""What a word weighs by the place where it stands."""

EXACT, BEGINNING, RELATED = 10, 7, 4
"""What a match weighs: the word itself, a word that begins so, a word that begins alike."""

FIRST, LAST = "\x01", "\U0010ffff"
"""Below and above every letter of a word."""


def fold(text: str) -> str:
    """Return a text without case and accents: ``Änderungs-Größe`` is ``anderungs-grosse``."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return bare.translate(_PLAIN)


def words(text: str) -> list[str]:
    """Return the folded words of a text; each Chinese or Japanese character is one."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII.findall(text.lower())]
    found = []
    for kind, letters in groupby(fold(text), _kind):
        run = "".join(letters)
        if kind == "word":
            found.append(run[:LONGEST_WORD])
        elif kind == "character":
            found.extend(run)
    return found


def _kind(letter: str) -> str:
    if "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or letter >= "\U00020000":
        return "character" if letter.isalnum() else ""
    return "word" if unicodedata.category(letter)[0] in "LNM" else ""


def weigh(code: str, name: str, others: Iterable[str], description: str) -> dict[str, int]:
    """Return the words by which something is found, each with the weight of its best place."""
    weights: dict[str, int] = {}
    parts = [(description, _DESCRIPTION), *((o, _OTHER_NAME) for o in others)]
    for text, weight in (*parts, (name, _NAME), (code, _CODE)):
        for word in words(text):
            weights[word] = max(weight, weights.get(word, 0))
    return weights


@dataclass(frozen=True, slots=True)
class Term:
    """One word that is looked for: all words from ``low`` on and below ``high`` may fit."""

    word: str
    low: str
    high: str

    @property
    def end(self) -> str:
        """Return what stands behind every word that begins with this one."""
        return self.word + LAST


def terms_of(query: str) -> list[Term]:
    """Return what a query looks for, each word once, at most ``MOST_TERMS``.

    A single letter or digit is looked for as it stands (C, R), and so are words of two and three
    letters before the last one: only the last may be half typed. From five letters on words
    count, too, that differ in the last two: plurals and cases of the languages of Europe.
    """
    asked = list(dict.fromkeys(words(query)))[:MOST_TERMS]
    return [_term(word, is_last=word == asked[-1]) for word in asked]


def _term(word: str, *, is_last: bool) -> Term:
    if len(word) == 1 or (len(word) < 4 and not is_last):
        return Term(word, word, word + FIRST)
    stem = word if len(word) < 5 else word[: max(4, len(word) - 2)]
    return Term(word, stem, stem + LAST)


def rank(found: Iterable[Mapping[int, int]], total: int) -> dict[int, float]:
    """Return a score for each thing found. ``found`` is, for each term, id -> weight of the match.

    Rare words count more (inverse document frequency among ``total``), and what has all the
    words comes before what has some.
    """
    scores: dict[int, float] = {}
    matched: dict[int, int] = {}
    lists = list(found)
    for weights in lists:
        rarity = math.log(1 + total / max(1, len(weights)))
        for one, weight in weights.items():
            scores[one] = scores.get(one, 0.0) + rarity * weight
            matched[one] = matched.get(one, 0) + 1
    return {one: score * (matched[one] / len(lists)) ** 2 for one, score in scores.items()}


def closeness(query: list[str], name: list[str]) -> float:
    """Return from 0 to 1 how much of a name was asked for: 1 when it is the query itself."""
    if not name:
        return 0.0
    if name == query:
        return 1.0
    return 0.5 * len(set(query) & set(name)) / len(set(name) | set(query))
