"""One matcher for a catalogue: what of it fits a text, how well, and because of which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from lti_tool.matching.closeness import Label, Question, ask, label_of, phrases, reason
from lti_tool.matching.lexical import ByPieces, ByWords, best_first, fuse
from lti_tool.matching.words import clean, grams, read_words, stemming, stop_words

MOST_MATCHES = 10
_LOOKED_AT = 60


class Band(StrEnum):
    """How well something fits; people see this and never a number."""

    CLOSE = "close"
    NEAR = "near"
    FAR = "far"


_SHARES = {Band.CLOSE: 0.95, Band.NEAR: 0.6, Band.FAR: 0.3}
"""The least share of a name that a text has close together."""
_LIKENESSES = {Band.CLOSE: 0.6, Band.NEAR: 0.45, Band.FAR: 0.35}
"""The least cosine of the vectors of two texts, where a model is there."""
_FEWEST_WORDS = 2
"""Words of a description that have to match where none of the name does."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a catalogue that can be found; ``others`` are further names, in any language."""

    key: str
    name: str
    others: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that fits; ``phrases`` are the words of the text that matched, as typed there.

    ``name`` is its name in pieces, each with whether the text asks for it.
    """

    key: str
    band: Band
    phrases: tuple[str, ...]
    name: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What fits a text, best first; ``is_all_read`` is False where the text is too long."""

    matches: tuple[Match, ...]
    is_all_read: bool


class Sentences(Protocol):
    """A model that turns texts into vectors of length 1, in rows."""

    def vectors(self, texts: Sequence[str]) -> Any:
        """Return one row for each text."""


class Readings(Protocol):
    """Ranks entries by what a text means; the likeness is from -1 to 1."""

    def likenesses(self, text: str) -> Mapping[int, float]:
        """Return the likeness of every entry to a text; nothing for a text it cannot read."""


class Matcher:
    """Ranks the entries of one catalogue by a text in one language, and says why."""

    def __init__(
        self, entries: Sequence[Entry], language: str, readings: Readings | None = None
    ) -> None:
        """Read a catalogue. ``readings`` is a model of meaning; without it words decide."""
        self.entries = tuple(entries)
        self._language, self._readings = language, readings
        self._stops = stop_words(language)
        stem = stemming(language)
        texts = [(e.name, "\n".join(e.others), e.description) for e in self.entries]
        words = [[self._words(text, stem) for text in fields] for fields in texts]
        stems = [[[stem for _, stem in field] for field in fields] for fields in words]
        pieces = [
            [[gram for folded, _ in field for gram in grams(folded)] for field in fields]
            for fields in words
        ]
        self._by_words, self._by_pieces = ByWords(stems), ByPieces(pieces)
        self._stems = [frozenset(stem for field in fields for stem in field) for fields in stems]
        self._labels: list[tuple[Label, ...]] = [
            tuple(label_of(name, stem, self._stops) for name in (e.name, *e.others))
            for e in self.entries
        ]

    def understand(self, readings: Readings) -> None:
        """Rank by meaning, too, from now on."""
        self._readings = readings

    def match(self, text: str, *, most: int = MOST_MATCHES) -> Found:
        """Return what fits ``text``, at most so much; empty where nothing does."""
        question = self._ask(text)
        likenesses = self._likenesses(text)
        ranked = self._rank(question, likenesses)[:_LOOKED_AT]
        looked = (self._look(question, number, likenesses.get(number, 0.0)) for number in ranked)
        found = [match for match in looked if match is not None]
        return Found(tuple(found[:most]), question.is_all_read)

    def rank(self, text: str) -> list[str]:
        """Return the keys of all that has anything in common with ``text``, best first."""
        ranked = self._rank(self._ask(text), self._likenesses(text))
        return [self.entries[number].key for number in ranked]

    def _ask(self, text: str) -> Question:
        return ask(text, stemming(self._language), self._stops)

    def _likenesses(self, text: str) -> Mapping[int, float]:
        return self._readings.likenesses(text) if self._readings else {}

    def _rank(self, question: Question, likenesses: Mapping[int, float]) -> list[int]:
        rankings = [self._by_pieces.rank(question.grams), self._by_words.rank(question.counts)]
        # The model counts as much as the two others together.
        rankings += [best_first(likenesses)] * 2
        return best_first(fuse(rankings))

    def _look(self, question: Question, number: int, likeness: float) -> Match | None:
        entry, rarity = self.entries[number], self._by_words.rarity
        why = reason(question, self._labels[number], rarity)
        shared = frozenset(stem for stem in self._stems[number] if stem in question.places)
        band = _band(_SHARES, why.share) or _band(_LIKENESSES, likeness)
        if band is None and len(shared) < _FEWEST_WORDS:
            return None
        shown = phrases(question, why.stems or shared, rarity)
        return Match(entry.key, band or Band.FAR, shown, _pieces(entry.name, why.folded))

    def _words(self, text: str, stem: Callable[[str], str]) -> list[tuple[str, str]]:
        found = read_words(clean(text), stem)
        return [(word.folded, word.stem) for word in found if word.folded not in self._stops]


def _band(least: Mapping[Band, float], value: float) -> Band | None:
    # The shares are sums of floats: a name that is all there may lack the last digit.
    return next((band for band, edge in least.items() if value >= edge - 1e-9), None)


def _pieces(name: str, found: frozenset[str]) -> tuple[tuple[str, bool], ...]:
    """Return a name in pieces: those words of it that were found, and what stands between."""
    name = clean(name)
    pieces: list[tuple[str, bool]] = []
    at = 0
    for word in read_words(name, str):
        if word.folded in found:
            pieces += [(name[at : word.start], False), (name[word.start : word.end], True)]
            at = word.end
    pieces.append((name[at:], False))
    return tuple(piece for piece in pieces if piece[0])
