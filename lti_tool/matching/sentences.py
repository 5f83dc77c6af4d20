"""Ranks entries by what they mean: the vectors of a catalogue, and those of a text's passages."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import Any

from lti_tool.matching.matcher import Entry, Sentences

MOST_VECTORS = 20_000
"""Entries whose vectors are kept: 1.5 kB each."""
_PASSAGE, _MOST_PASSAGES = 80, 12
"""Words of a passage, and how many passages of a long text are read."""


class KeptVectors:
    """A model that remembers the vectors of entries (never those of goals)."""

    def __init__(self, model: Sentences) -> None:
        self.model = model
        self._kept: OrderedDict[bytes, Any] = OrderedDict()
        self._lock = Lock()

    def of_entries(self, entries: Sequence[Entry]) -> list[Any]:
        """Return the vectors of entries; those that changed are worked out."""
        texts = [_text(entry) for entry in entries]
        marks = [hashlib.sha256(text.encode()).digest() for text in texts]
        with self._lock:
            missing = [n for n, mark in enumerate(marks) if mark not in self._kept]
            rows = self.model.vectors([texts[n] for n in missing]) if missing else []
            for number, row in zip(missing, rows, strict=True):
                self._kept[marks[number]] = row
            found = [self._kept[mark] for mark in marks]
            while len(self._kept) > MOST_VECTORS:
                self._kept.popitem(last=False)
        return found


class ByMeaning:
    """The likeness of entries to a text, by a model of English."""

    def __init__(self, vectors: KeptVectors, entries: Sequence[Entry]) -> None:
        self._model = vectors.model
        self._rows = vectors.of_entries(entries)

    def likenesses(self, text: str) -> Mapping[int, float]:
        """Return the best likeness of every entry to any passage of ``text``.

        Nothing for a text that is not mostly in Latin letters, which the model cannot read.
        """
        passages = _passages(text)
        if not passages or not self._rows:
            return {}
        asked = self._model.vectors(passages)
        return {number: float((asked @ row).max()) for number, row in enumerate(self._rows)}


def _text(entry: Entry) -> str:
    return f"{', '.join((entry.name, *entry.others))}. {entry.description}"


def _passages(text: str) -> list[str]:
    letters = [letter for letter in text[:20_000] if letter.isalpha()]
    if not letters or sum(letter.isascii() for letter in letters) < 0.8 * len(letters):
        return []
    words = iter(text[:20_000].split())
    found: list[str] = []
    while len(found) < _MOST_PASSAGES and (passage := list(islice(words, _PASSAGE))):
        found.append(" ".join(passage))
    return found
