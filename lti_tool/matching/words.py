"""A text as words with their places, without endings: what two texts are compared by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import snowballstemmer

from lti_tool.search_words import LONGEST_WORD, fold

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff\u0e31-\u0e4e"
# A Chinese or Japanese character is one word; C++ and C# keep what makes them other than C.
_WORD = re.compile(rf"[{_WIDE}]|(?:(?![{_WIDE}_])[\w{_MARKS}])+(?:\+\+|#)?")

_STEMMED = {"en": "english", "de": "german", "es": "spanish", "ar": "arabic"}

_STOPS = {
    "en": "a about according all also am an and any are as at be been between both but by can "
    "could do does for from had has have he her his how i if in into is it its itself like may "
    "me more most must my no not of on or other our out own she should so such than that the "
    "their them then there these they this those through to towards up upon us use used using "
    "want was we were what when where which while who will with within would you your",
    "de": "aber alle als am an auch auf aus bei beim bin bis da damit dann das dass dein dem den "
    "der des die dies diese dieser dieses du durch ein eine einem einen einer eines er es für "
    "gegen hat haben ich ihr ihre ihrer im in ist ja kann können man mehr mein mich mit möchte "
    "nach nicht noch nur oder ohne sein sich sie sind so sowie über um und uns unser unter vom "
    "von vor was wenn werden wie wir wird will zu zum zur zwischen",
    "es": "a al algo ante antes aquí con como cual cuando de del desde donde el ella ellos en "
    "entre era es esta este esto estos fue ha hasta hay la las le les lo los más me mi muy no nos "
    "o otra otro para pero por porque que qué quiero se ser si sin sobre son soy su sus también "
    "te tiene todo tu un una uno unos y ya yo",
    "ar": "من في على إلى الى عن مع هذا هذه ذلك التي الذي ما لا أن ان إن أو او ثم كل كما قد هو هي "
    "هم أنا انا نحن كان كانت يكون بين بعد قبل حتى عند غير أريد اريد و",
}
_STOP_WORDS = {
    language: frozenset(fold(word) for word in words.split()) for language, words in _STOPS.items()
}
_TASTE = 2_000
_EVERYWHERE = _STOP_WORDS["en"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: as it stands there from ``start`` to ``end``, folded, and its stem."""

    start: int
    end: int
    folded: str
    stem: str


Stemming = Callable[[str], str]


def stemming(language: str) -> Stemming:
    """Return what takes the endings off words of a language; of others nothing is taken off.

    ``language`` is a tag ("de", "de-AT"). What is returned remembers words, so it is to be thrown
    away with the text that it was asked about.
    """
    name = _STEMMED.get(_primary(language))
    # fold() takes accents away, which the stemmers of Spanish and German read: they go first.
    stem = snowballstemmer.stemmer(name).stemWord if name else str
    known: dict[str, str] = {}

    def stemmed(word: str) -> str:
        found = known.get(word)
        if found is None:
            found = known[word] = fold(stem(word))
        return found

    return stemmed


def read_words(text: str, stem: Stemming) -> Iterator[Word]:
    """Yield the words of ``text`` in order; places are those in ``clean(text)``."""
    for found in _WORD.finditer(text):
        word = found.group().casefold()[:LONGEST_WORD]
        yield Word(found.start(), found.end(), fold(word), stem(word))


def clean(text: str) -> str:
    """Return ``text`` in the form in which its words are read (composed letters)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def stop_words(language: str) -> frozenset[str]:
    """Return the folded words of a language, and of English, that say nothing of a subject."""
    return _STOP_WORDS.get(_primary(language), frozenset()) | _EVERYWHERE


def spoken_in(text: str, otherwise: str) -> str:
    """Return the language whose small words a text has most of; ``otherwise`` where none is ahead.

    The beginning of the text decides.
    """
    words = [fold(found.group().casefold()) for found in _WORD.finditer(clean(text[:_TASTE]))]
    counts = {code: sum(word in stops for word in words) for code, stops in _STOP_WORDS.items()}
    best = max(counts, key=lambda code: counts[code])
    ahead = [code for code, count in counts.items() if count == counts[best]]
    return best if counts[best] and len(ahead) == 1 else otherwise


def grams(folded: str) -> list[str]:
    """Return the 3, 4 and 5 characters that stand together in a word, its ends included."""
    word = f" {folded} "
    return [
        word[start : start + size] for size in (3, 4, 5) for start in range(len(word) - size + 1)
    ]


def _primary(language: str) -> str:
    return language.lower().partition("-")[0].partition("_")[0]
