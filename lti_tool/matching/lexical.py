"""Two ways to rank texts by a question without a model: by words, and by pieces of words.

BM25F after Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields"
(CIKM 2004); the fusion of ranks after Cormack, Clarke and Büttcher, "Reciprocal rank fusion
outperforms Condorcet and individual rank learning methods" (SIGIR 2009).
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

WEIGHTS = (4.0, 1.0, 0.5)
"""What a word counts in the name, the other names and the description of an entry."""

_SATURATION = 1.2
_LENGTHS = (0.5, 0.9, 0.5)
"""How much longer fields count less. Both as chosen on half of the occupations of ESCO."""

RANK_OFFSET = 20
MOST_GRAMS = 2_000

Texts = Sequence[Sequence[str]]
"""The fields of one entry, each as its terms."""


class _Postings:
    """For each term the entries that have it, and what it weighs there."""

    def __init__(self) -> None:
        self._entries: dict[str, array[int]] = defaultdict(lambda: array("l"))
        self._weights: dict[str, array[float]] = defaultdict(lambda: array("f"))

    def add(self, term: str, entry: int, weight: float) -> None:
        self._entries[term].append(entry)
        self._weights[term].append(weight)

    def __contains__(self, term: str) -> bool:
        return term in self._entries

    def frequency(self, term: str) -> int:
        return len(self._entries[term]) if term in self._entries else 0

    def scores(self, asked: Mapping[str, float]) -> dict[int, float]:
        """Return for each entry the sum over its terms of what is asked times what it weighs."""
        found: dict[int, float] = defaultdict(float)
        for term, weight in asked.items():
            for entry, there in zip(self._entries[term], self._weights[term], strict=True):
                found[entry] += weight * there
        return found


class ByWords:
    """Ranks entries by the words that they share with a question (BM25F)."""

    def __init__(self, entries: Sequence[Texts]) -> None:
        self._postings = _Postings()
        self._total = len(entries)
        means = _mean_lengths(entries)
        for number, fields in enumerate(entries):
            weights: dict[str, float] = defaultdict(float)
            for field, weight, length, mean in zip(fields, WEIGHTS, _LENGTHS, means, strict=True):
                norm = 1 - length + length * len(field) / mean
                for term, count in Counter(field).items():
                    weights[term] += weight * count / norm
            for term, weight in weights.items():
                self._postings.add(term, number, weight / (_SATURATION + weight))

    def rarity(self, term: str) -> float:
        """Return how much a word tells entries apart; 0 for one that no entry has."""
        having = self._postings.frequency(term)
        return math.log(1 + (self._total - having + 0.5) / (having + 0.5)) if having else 0.0

    def rank(self, question: Mapping[str, int]) -> list[int]:
        """Return the numbers of the entries that share a word with ``question``, best first."""
        asked = {
            term: self.rarity(term) * count
            for term, count in question.items()
            if term in self._postings
        }
        return best_first(self._postings.scores(asked))


class ByPieces:
    """Ranks entries by the 3 to 5 characters that they share with a question (tf-idf, cosine)."""

    def __init__(self, entries: Sequence[Texts]) -> None:
        counted = [_count(fields) for fields in entries]
        having = Counter(gram for counts in counted for gram in counts)
        self._rarity = {
            gram: math.log((1 + len(entries)) / (1 + count)) + 1 for gram, count in having.items()
        }
        self._postings = _Postings()
        for number, counts in enumerate(counted):
            weights = {gram: count * self._rarity[gram] for gram, count in counts.items()}
            length = math.sqrt(sum(weight * weight for weight in weights.values()))
            for gram, weight in weights.items():
                self._postings.add(gram, number, weight / length)

    def rank(self, question: Mapping[str, int]) -> list[int]:
        """Return the numbers of the entries that share a piece with ``question``, best first.

        Of a long question the ``MOST_GRAMS`` pieces that weigh most decide.
        """
        weighed = [
            ((1 + math.log(count)) * self._rarity[gram], gram)
            for gram, count in question.items()
            if gram in self._rarity
        ]
        if len(weighed) > MOST_GRAMS:
            weighed = sorted(weighed, reverse=True)[:MOST_GRAMS]
        return best_first(self._postings.scores({gram: weight for weight, gram in weighed}))


def fuse(rankings: Iterable[Sequence[int]]) -> dict[int, float]:
    """Return a score for everything that stands in a ranking: who is high in all comes first."""
    found: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for place, number in enumerate(ranking):
            found[number] += 1 / (RANK_OFFSET + place + 1)
    return found


def best_first(scores: Mapping[int, float]) -> list[int]:
    """Return the numbers with the highest scores first; among equals the lowest number."""
    return sorted(scores, key=lambda number: (-scores[number], number))


def _count(fields: Texts) -> dict[str, float]:
    counts: dict[str, float] = defaultdict(float)
    for field, weight in zip(fields, WEIGHTS, strict=True):
        for gram in field:
            counts[gram] += weight
    return counts


def _mean_lengths(entries: Sequence[Texts]) -> list[float]:
    count = max(1, len(entries))
    sums = [sum(len(fields[field]) for fields in entries) for field in range(len(WEIGHTS))]
    # A field that is empty everywhere has no length to compare with.
    return [max(1.0, total / count) for total in sums]
