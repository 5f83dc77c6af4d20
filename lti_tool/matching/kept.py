"""Matchers of catalogues, kept while they hold: one per institution, language and content."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, Thread

import structlog

from lti_tool.errors import ConfigurationError
from lti_tool.matching.matcher import Entry, Matcher, Sentences
from lti_tool.matching.minilm import MiniLM
from lti_tool.matching.sentences import ByMeaning, KeptVectors

log = structlog.get_logger()

MOST_KEPT = 16
READ_BY_MODEL = "en"
"""The one language in which the model was measured."""

_Place = tuple[int, str]


class KeptMatchers:
    """Gives the matcher of a catalogue, made when its entries are new or have changed.

    A model takes some 10 ms for every entry, so it reads a catalogue beside the requests: until
    it has, words decide.
    """

    def __init__(self, load: Callable[[], Sentences] | None = None) -> None:
        """Keep nothing yet; ``load`` loads the model, when it is needed first."""
        self._load = load
        self._vectors: KeptVectors | None = None
        self._kept: OrderedDict[_Place, tuple[bytes, Matcher]] = OrderedDict()
        self._lock, self._reading = Lock(), Lock()

    @classmethod
    def read(cls, folder: str) -> KeptMatchers:
        """Return matchers with the model whose files are in a folder; "" is none."""
        return cls(lambda: MiniLM(Path(folder))) if folder else cls()

    def of(
        self, institution_id: int, language: str, entries: Sequence[Entry], *, waits: bool = False
    ) -> Matcher:
        """Return the matcher of these entries of an institution for texts in ``language``.

        ``waits`` asks for the model's part, too, however long it takes.
        """
        place, version = (institution_id, language), _version(entries)
        with self._lock:
            known = self._kept.get(place)
            if known is not None and known[0] == version:
                self._kept.move_to_end(place)
                return known[1]
        made = Matcher(entries, language)
        self._keep(place, version, made)
        if self._load is not None and language.partition("-")[0] == READ_BY_MODEL:
            reading = Thread(target=self._read, args=(place, version, made), daemon=True)
            reading.start()
            if waits:
                reading.join()
        return made

    def load(self) -> None:
        """Load the model, if there is one; ``ConfigurationError`` when that fails."""
        if self._vectors is None and self._load is not None:
            self._vectors = KeptVectors(self._load())

    def _read(self, place: _Place, version: bytes, made: Matcher) -> None:
        """Let the model read a catalogue; one catalogue after the other."""
        with self._reading:
            try:
                self.load()
            except ConfigurationError as error:
                self._load = None
                log.error("match-model-missing", reason=error.message)
            if self._vectors is not None and self._is_kept(place, version):
                made.understand(ByMeaning(self._vectors, made.entries))

    def _is_kept(self, place: _Place, version: bytes) -> bool:
        with self._lock:
            known = self._kept.get(place)
            return known is not None and known[0] == version

    def _keep(self, place: _Place, version: bytes, made: Matcher) -> None:
        with self._lock:
            self._kept[place] = (version, made)
            self._kept.move_to_end(place)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def _version(entries: Sequence[Entry]) -> bytes:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(repr(entry).encode())
    return digest.digest()
