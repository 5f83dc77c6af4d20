"""Why something matches: how much of its name a text has, close together, and in which words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lti_tool.matching.words import Stemming, Word, clean, grams, read_words

LONGEST_TEXT = 100_000
"""Characters of a text that are read; and how many different words of them."""
MOST_WORDS = 3_000
MOST_PHRASES = 5

_WINDOW = 12
"""Words within which those of a name stand together."""
_MOST_PLACES = 50
_ALIKE, _INSIDE, _SHORTEST = 0.6, 0.75, 5
_CREDIT = 0.8
_ENDS = re.compile(r"[.,;:!?()\n\r•·،؛؟。、]")


@dataclass(frozen=True, slots=True)
class Question:
    """A text as it is compared: its words with their places, and the words that have a piece."""

    text: str
    words: tuple[Word, ...]
    places: Mapping[str, Sequence[int]]
    counts: Mapping[str, int]
    grams: Mapping[str, int]
    is_all_read: bool
    _by_gram: dict[str, list[Word]] = field(default_factory=dict)

    def alike(self, folded: str) -> set[str]:
        """Return the stems of words that are spelt much like a word, or have it inside them."""
        if len(folded) < _SHORTEST:
            return set()
        if not self._by_gram:
            self._index()
        mine = set(grams(folded))
        shared: dict[tuple[str, str], int] = defaultdict(int)
        for gram in mine:
            for word in self._by_gram.get(gram, ()):
                shared[word.folded, word.stem] += 1
        return {stem for (other, stem), count in shared.items() if _is_alike(mine, other, count)}

    def _index(self) -> None:
        for word in {word.folded: word for word in self.words}.values():
            if len(word.folded) >= _SHORTEST:
                for gram in set(grams(word.folded)):
                    self._by_gram.setdefault(gram, []).append(word)


def _is_alike(mine: set[str], other: str, shared: int) -> bool:
    theirs = set(grams(other))
    if 2 * shared / (len(mine) + len(theirs)) >= _ALIKE:
        return True
    return shared / min(len(mine), len(theirs)) >= _INSIDE


def ask(text: str, stem: Stemming, stops: frozenset[str]) -> Question:
    """Read a text, of which the first ``LONGEST_TEXT`` characters count."""
    read = clean(text[:LONGEST_TEXT])
    words: list[Word] = []
    places: dict[str, list[int]] = {}
    counts: dict[str, int] = defaultdict(int)
    spelt: dict[str, int] = defaultdict(int)
    for word in read_words(read, stem):
        words.append(word)
        if word.folded in stops:
            continue
        counts[word.stem] += 1
        spelt[word.folded] += 1
        found = places.setdefault(word.stem, [])
        if len(found) < _MOST_PLACES:
            found.append(len(words) - 1)
        if len(spelt) >= MOST_WORDS:
            break
    pieces: dict[str, int] = defaultdict(int)
    for folded, count in spelt.items():
        for gram in grams(folded):
            pieces[gram] += count
    is_all = len(text) <= LONGEST_TEXT and len(spelt) < MOST_WORDS
    return Question(read, tuple(words), places, counts, pieces, is_all)


@dataclass(frozen=True, slots=True)
class Label:
    """A name as its words that say something: folded word -> stem."""

    words: Mapping[str, str]


def label_of(text: str, stem: Stemming, stops: frozenset[str]) -> Label:
    """Return the words of a name; of one that has stop words only, those."""
    found = {word.folded: word.stem for word in read_words(clean(text), stem)}
    telling = {folded: stem for folded, stem in found.items() if folded not in stops}
    return Label(telling or found)


@dataclass(frozen=True, slots=True)
class Reason:
    """How much of a name a text has (0 to 1, close together), and where its words stand."""

    share: float
    stems: frozenset[str]
    folded: frozenset[str]
    """The words of the names that were found."""


def reason(question: Question, labels: Iterable[Label], rarity: Callable[[str], float]) -> Reason:
    """Return the best share of any of ``labels``; ``rarity`` says what a stem weighs."""
    best, stems, folded = 0.0, set[str](), set[str]()
    for label in labels:
        share, found = _share(question, label, rarity)
        best = max(best, share)
        stems |= {stem for those in found.values() for stem in those}
        folded |= set(found)
    return Reason(best, frozenset(stems), frozenset(folded))


def _share(
    question: Question, label: Label, rarity: Callable[[str], float]
) -> tuple[float, dict[str, set[str]]]:
    weights = {folded: rarity(stem) for folded, stem in label.words.items()}
    found: dict[str, set[str]] = {}
    seen: list[tuple[int, str, float]] = []
    for folded, stem in label.words.items():
        is_there = stem in question.places
        stems = {stem} if is_there else question.alike(folded)
        stems = {one for one in stems if one in question.places}
        if stems:
            found[folded] = stems
            credit = weights[folded] * (1.0 if is_there else _CREDIT)
            seen += [(place, folded, credit) for one in stems for place in question.places[one]]
    total = sum(weights.values())
    return (_together(sorted(seen)) / total if total else 0.0), found


def _together(seen: Sequence[tuple[int, str, float]]) -> float:
    """Return the most that stands within a window: each word once."""
    best, first = 0.0, 0
    for last, (place, _, _) in enumerate(seen):
        while place - seen[first][0] >= _WINDOW:
            first += 1
        inside = {folded: credit for _, folded, credit in seen[first : last + 1]}
        best = max(best, sum(inside.values()))
    return best


def phrases(
    question: Question, stems: frozenset[str], rarity: Callable[[str], float]
) -> tuple[str, ...]:
    """Return the words of a text that matched, as they stand there, neighbours as one phrase.

    At most ``MOST_PHRASES``; those that tell most come first.
    """
    places = sorted({place for stem in stems for place in question.places.get(stem, ())})
    groups: list[list[int]] = [places[:1]] if places else []
    for before, place in pairwise(places):
        if _are_neighbours(question, before, place):
            groups[-1].append(place)
        else:
            groups.append([place])
    weighed: dict[str, tuple[float, str]] = {}
    for group in groups:
        shown = question.text[question.words[group[0]].start : question.words[group[-1]].end]
        weight = sum(rarity(stem) for stem in {question.words[place].stem for place in group})
        weighed.setdefault(" ".join(shown.casefold().split()), (weight, " ".join(shown.split())))
    in_order = sorted(weighed.values(), key=lambda found: -found[0])
    return tuple(shown for _, shown in in_order[:MOST_PHRASES])


def _are_neighbours(question: Question, before: int, place: int) -> bool:
    between = question.text[question.words[before].end : question.words[place].start]
    return place - before <= 2 and not _ENDS.search(between)
