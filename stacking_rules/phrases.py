"""Phrases: a form of plain data and the words for it, split so that both can be matched.

A ``Language`` is a table of phrases; ``Phrases`` holds them ready for ``say`` (plain data to
lines) and ``understand`` (lines to plain data). Words of a phrase never stand bare where a name
may stand: names that look like them are put in quotation marks, so that nothing has two meanings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stacking_rules.forms import FORMS
from stacking_rules.slots import Block, Form, Key, Many, One

_TOKEN = re.compile(
    r'"[^"\\]*(?:\\.[^"\\]*)*"|[()\[\],:;#]|[<>=!&|]+|[^\s"()\[\],:;#<>=!&|]+|"', re.DOTALL
)
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_SLOT = re.compile(r"\{([a-z_-]+)\}")
_ESCAPE = re.compile(r'\\(?:(["\\])|(n)|(t)|u([0-9a-f]{4})|U([0-9a-f]{8}))', re.ASCII)
_JOINERS = "\u200c\u200d"
"""Zero-width joiners: scripts and emoji need them, so that they are written as they are."""

MAX_SIZE = 1_000_000
MAX_LINE = 20_000
"""Characters of a text, and of one line of it."""

WHOLE = "it"
"""The name of the slot of a form that is nothing but a slot."""

Slot = One | Many | Block


@dataclass(frozen=True, slots=True)
class Language:
    """Words for the forms: "place.form" -> pattern with {slots}; between and before the last of
    several things; yes and no."""

    phrases: Mapping[str, str]
    joins: Mapping[str, tuple[str, str]]
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """One form and its words. ``pattern`` alternates words and names of slots, words first;
    ``tokens`` are what a line has to say, slots as ``(name,)``."""

    key: str
    form: Form
    pattern: tuple[str, ...]
    slots: Mapping[str, Slot]
    tokens: tuple[str | tuple[str], ...]

    @property
    def place(self) -> str:
        """Where it is said."""
        return self.key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Phrases:
    """All phrases of a language, by place, in the order in which they are tried."""

    language: Language
    places: Mapping[str, tuple[Phrase, ...]]
    reserved: frozenset[str]
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)


def compiled(language: Language) -> Phrases:
    """Return the phrases of ``language``; ``ValueError`` if its table does not fit the forms."""
    places = {
        place: tuple(
            _phrase(f"{place}.{key}", form, language.phrases) for key, form in forms.items()
        )
        for place, forms in FORMS.items()
    }
    known = {phrase.key for phrases in places.values() for phrase in phrases}
    if stray := set(language.phrases) - known:
        raise ValueError(f"there are no forms for the phrases {', '.join(sorted(stray))}")
    said = [text for phrases in places.values() for p in phrases for text in p.pattern[::2]]
    said += [text for pair in language.joins.values() for text in pair]
    words = {word for text in (*said, language.yes, language.no) for word in split(text)}
    reserved = frozenset(word for word in words if not is_number(word))
    fields = {place: _fields(place) for place in FORMS}
    return Phrases(language, places, reserved, fields)


def _phrase(key: str, form: Form, table: Mapping[str, str]) -> Phrase:
    pattern = tuple(_SLOT.split(table[key]))
    slots = dict(_slots(form.data, WHOLE))
    said = {name for name, slot in slots.items() if not isinstance(slot, Block)}
    said |= {part.removesuffix("?") for part in form.parts}
    if sorted(pattern[1::2]) != sorted(said):
        raise ValueError(f"the phrase {key} must have the slots {', '.join(sorted(said))}")
    tokens: list[str | tuple[str]] = []
    for index, text in enumerate(pattern):
        tokens += [(text,)] if index % 2 else split(text)
    return Phrase(key, form, pattern, slots, tuple(tokens))


def _slots(data: object, name: str) -> Iterator[tuple[str, Slot]]:
    """Yield the slots of a form, each named after its field ("name" for the name of a mapping)."""
    if isinstance(data, One | Many | Block):
        yield name, data
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(key, Key):
                yield "name", One(key.what)
                yield from _slots(value, "value")
            else:
                yield from _slots(value, key)


def _fields(place: str) -> frozenset[str]:
    """Return the fields of a mapping that ``place`` can say."""
    found: set[str] = set()
    for entry in FORMS[place].values():
        found |= _fields_of(entry)
    return frozenset(found)


def _fields_of(entry: Form) -> frozenset[str]:
    if entry.into:
        return frozenset({entry.into})
    found: set[str] = set()
    if isinstance(entry.data, dict):
        found |= {key for key in entry.data if isinstance(key, str)}
    if isinstance(entry.data, Many):
        found |= _fields(entry.data.what)
    return frozenset(found.union(*(_fields(part.removesuffix("?")) for part in entry.parts)))


def fields_of(phrase: Phrase) -> frozenset[str]:
    """Return the fields, of the mapping that a line belongs to, that ``phrase`` can say."""
    return _fields_of(phrase.form)


# -- words -------------------------------------------------------------------------------------


def split(text: str) -> list[str]:
    """Return the tokens of a line; a full stop at its end is one of its own.

    A quotation mark that nothing closes is the last token: nothing is read beyond it.
    """
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        found.append(match.group())
        if found[-1] == '"':
            return found
    if found and len(found[-1]) > 1 and found[-1][-1] == ".":
        found[-1:] = [found[-1][:-1], "."]
    return found


def quoted(text: str) -> str:
    """Return any text in quotation marks, on one line, so that ``unquoted`` gives it back."""
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter in "\n\t":
        return {"\n": "\\n", "\t": "\\t"}[letter]
    if letter.isprintable() or letter in _JOINERS:
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def unquoted(token: str) -> str | None:
    """Return the text of a token in quotation marks; None if it is none, or an escape is wrong."""
    if len(token) < 2 or token[0] != '"':
        return None
    body = token[1:-1]
    if "\\" not in body:
        return body
    plain = _ESCAPE.sub("", body)
    if "\\" in plain:
        return None
    try:
        text = _ESCAPE.sub(_letter, body)
    except ValueError:
        return None
    return None if any("\ud800" <= letter <= "\udfff" for letter in text) else text


def _letter(match: re.Match[str]) -> str:
    same, line, tab, short, long = match.groups()
    if same:
        return same
    if line or tab:
        return "\n" if line else "\t"
    return chr(int(short or long, 16))


def is_number(token: str) -> bool:
    """Return whether a token is a number."""
    return _NUMBER.fullmatch(token) is not None


def is_bare(text: str, reserved: frozenset[str], *, is_value: bool) -> bool:
    """Return whether ``text`` may stand without quotation marks and is still read as it is.

    As a value, a text that looks like a number may not.
    """
    if text in reserved or text in ("", ".") or not text.isprintable():
        return False
    return split(text) == [text] and text[0] != '"' and not (is_value and is_number(text))
