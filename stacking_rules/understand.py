"""From lines of text to plain data, by a table of phrases.

Every way in which a line can be read is followed, word by word and each once, so that no line
takes long and a line with two meanings is found out. ``PhraseError`` names the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher

from stacking_rules.errors import PhraseError
from stacking_rules.forms import TOP, WORDS, Block, Form, Key, Many, One
from stacking_rules.phrases import (
    MAX_LINE,
    MAX_SIZE,
    WHOLE,
    Phrase,
    Phrases,
    is_number,
    split,
    unquoted,
)

MAX_LEVELS = 100
MAX_NESTED = 50
"""Levels of lines, two for each level of requirements at most; levels within a line."""
LOOKED_AT = 200
"""Characters of a line that the nearest phrase is looked for by."""

Texts = dict[str, object]
Ways = list[tuple[int, object]]
"""(the token after it, what was said): the ways in which something can be read."""


class Said(dict[str, object]):
    """A mapping that remembers the ``line`` (from 1) that says it."""

    line = 1


@dataclass(slots=True)
class Line:
    """A line, its number, and the lines below it."""

    number: int
    indent: int
    text: str
    below: list[Line] = field(default_factory=list)


def understand(text: str, phrases: Phrases) -> dict[str, object]:
    """Return the plain data of a document that was written by ``say``, or by hand in its words.

    Mappings are ``Said``: they know their line. ``PhraseError`` if anything is not understood,
    said twice or too large.
    """
    return _Listener(phrases).fields(Said(), outline(text), TOP)


def lines_of(data: object, address: str = "", line: int = 1) -> Iterator[tuple[str, int]]:
    """Yield (JSON pointer, line) of everything in ``data``; what has no line is where it stands."""
    line = data.line if isinstance(data, Said) else line
    yield address, line
    names = data.items() if isinstance(data, Mapping) else ()
    for name, value in enumerate(data) if isinstance(data, list) else names:
        step = str(name).replace("~", "~0").replace("/", "~1")
        yield from lines_of(value, f"{address}/{step}", line)


def outline(text: str) -> list[Line]:
    """Return the lines of ``text``, each with those that stand below it, further to the right."""
    if len(text) > MAX_SIZE:
        raise PhraseError("too-large", 1, 1, MAX_SIZE)
    top = Line(0, -1, "")
    open_lines = [top]
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        line = _row(row, number)
        while open_lines[-1].indent >= line.indent:
            open_lines.pop()
        siblings = open_lines[-1].below
        if siblings and siblings[0].indent != line.indent:
            raise PhraseError("indent", number, line.indent + 1)
        siblings.append(line)
        open_lines.append(line)
        if len(open_lines) > MAX_LEVELS:
            raise PhraseError("too-deep", number, 1, MAX_LEVELS)
    return top.below


def _row(row: str, number: int) -> Line:
    if len(row) > MAX_LINE:
        raise PhraseError("line-too-long", number, 1, MAX_LINE)
    indent = len(row) - len(row.lstrip(" "))
    if row[indent].isspace():
        raise PhraseError("indent", number, indent + 1)
    return Line(number, indent, row.strip())


class _Listener:
    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases

    def fields(self, data: Said, lines: list[Line], places: tuple[str, ...]) -> Said:
        """Add to ``data`` what the lines say of it."""
        for line in lines:
            phrase, said = self._line(line, places)
            _add(data, phrase.form, said, line)
        return data

    def _line(self, line: Line, places: tuple[str, ...]) -> tuple[Phrase, object]:
        """Return the phrase and what it says, with all that the lines below it say."""
        phrase, said = self._one_way(line, places)
        blocks = [slot for slot in phrase.slots.values() if isinstance(slot, Block)]
        if not blocks and not phrase.form.below and line.below:
            raise PhraseError("nothing-below", line.below[0].number, 1)
        data = Said(said)
        data.line = line.number
        self._below(data, phrase, line)
        return phrase, _bare(data, phrase.form)

    def _below(self, said: Said, phrase: Phrase, line: Line) -> None:
        """Add what the lines below say: the things in the phrase's block, and further fields."""
        blocks = {n: slot for n, slot in phrase.slots.items() if isinstance(slot, Block)}
        things: list[object] = []
        for child in line.below:
            places = (*(block.place for block in blocks.values()), *phrase.form.below)
            found, thing = self._line(child, places)
            if found.place in phrase.form.below:
                _add(said, found.form, thing, child)
            else:
                things.append(thing)
        for name, block in blocks.items():
            if not things or (block.is_single and len(things) > 1):
                raise PhraseError("one-below" if block.is_single else "some-below", line.number, 1)
            said[name] = things[0] if block.is_single else things

    def _one_way(self, line: Line, places: tuple[str, ...]) -> tuple[Phrase, dict[str, object]]:
        tokens = split(line.text)
        if tokens[-1] == '"':
            raise PhraseError("open-quote", line.number, line.indent + 1)
        reading = _Reading(self._phrases, tokens)
        found = reading.whole(places)
        if any(said != found[0][1] for _, said in found):
            raise PhraseError("two-meanings", line.number, line.indent + 1)
        if not found:
            near = self._nearest(line.text, places)
            raise PhraseError("not-understood", line.number, line.indent + 1, near)
        phrase, said = found[0]
        return phrase, said if isinstance(said, dict) else {}

    def _nearest(self, text: str, places: tuple[str, ...]) -> str:
        """Return the words of the phrase that is most like the line."""
        known = [phrase for place in places for phrase in self._phrases.places[place]]
        matcher = SequenceMatcher(None, b=text[:LOOKED_AT], autojunk=False)

        def likeness(phrase: Phrase) -> float:
            matcher.set_seq1(_hint(phrase))
            return matcher.ratio()

        return _hint(max(known, key=likeness))


def readings(text: str, places: tuple[str, ...], phrases: Phrases) -> list[tuple[Phrase, object]]:
    """Return every way to read a line at ``places``: the phrase, and what it says."""
    return _Reading(phrases, split(text.strip())).whole(places)


def _hint(phrase: Phrase) -> str:
    """Return the words of a phrase with dots for its slots, without what may be left out."""
    optional = {part[:-1] for part in phrase.form.parts if part.endswith("?")}
    words = [
        ("" if text in optional else "...") if index % 2 else text
        for index, text in enumerate(phrase.pattern)
    ]
    return "".join(words).strip()


def _bare(said: Said, form: Form) -> object:
    """Return what says one thing alone as that thing: a key for an achievement."""
    if form.bare is None or said.keys() != ({form.bare} if form.bare else set()):
        return said
    return said[form.bare] if form.bare else True


def _add(data: Said, form: Form, said: object, line: Line) -> None:
    """Add what a line says to the mapping that it belongs to; nothing may be said twice."""
    target: object = data
    new = {form.into: said} if form.into else said
    if form.how == "list":
        target, new = data.setdefault(form.into, []), [said]
    if form.how in ("map", "keyed") and isinstance(said, Said):
        target, key = data.setdefault(form.into, Said()), str(said.pop("key"))
        new = {key: said["value"] if form.how == "map" else said}
    if isinstance(target, list) and isinstance(new, list):
        target += new
        return
    if not (isinstance(target, Said) and isinstance(new, dict)):
        raise PhraseError("said-twice", line.number, line.indent + 1, form.into)
    for name, value in new.items():
        if name in target:
            raise PhraseError("said-twice", line.number, line.indent + 1, name)
        target[name] = value


# -- within a line -----------------------------------------------------------------------------


class _Reading:
    """The ways to read one line. What was found for a place and a token is kept."""

    def __init__(self, phrases: Phrases, tokens: list[str]) -> None:
        self._phrases, self._tokens = phrases, tokens
        self._kept: dict[tuple[str, int], Ways] = {}
        self._nested = 0

    def whole(self, places: tuple[str, ...]) -> list[tuple[Phrase, object]]:
        """Return (phrase, what it says) for every way to read the whole line."""
        found = []
        for phrase in (phrase for place in places for phrase in self._phrases.places[place]):
            ways = self._phrase(phrase, 0)
            found += [(phrase, said) for end, said in ways if end == len(self._tokens)]
        return found

    def _place(self, place: str, start: int) -> Ways:
        key = (place, start)
        if key not in self._kept:
            self._nested += 1
            ways: Ways = []
            token = self._at(start)
            for phrase in self._phrases.places[place] if self._nested <= MAX_NESTED else ():
                first = phrase.tokens[0]
                if first == token or isinstance(first, tuple):
                    ways += self._phrase(phrase, start)
            self._nested -= 1
            self._kept[key] = ways
        return self._kept[key]

    def _phrase(self, phrase: Phrase, start: int) -> Ways:
        states: list[tuple[int, Texts]] = [(start, {})]
        for token in phrase.tokens:
            if isinstance(token, str):
                states = [(at + 1, texts) for at, texts in states if self._at(at) == token]
            else:
                states = [
                    (end, {**texts, token[0]: said})
                    for at, texts in states
                    for end, said in self._slot(phrase, token[0], at)
                ]
            if not states:
                return []
        return [(end, _built(phrase.form, texts)) for end, texts in states]

    def _slot(self, phrase: Phrase, name: str, start: int) -> Ways:
        slot = phrase.slots.get(name)
        if isinstance(slot, Many):
            return self._many(slot, start)
        if isinstance(slot, One):
            return self._one(slot.what, start)
        nothing: Ways = [(start, {})] if f"{name}?" in phrase.form.parts else []
        return nothing + self._place(name, start)

    def _one(self, what: str, start: int) -> Ways:
        if what in WORDS:
            token = self._at(start)
            said = None if token is None else self._said(what, token)
            return [] if said is None else [(start + 1, said)]
        return self._place(what, start)

    def _many(self, slot: Many, start: int) -> Ways:
        """Return the longest way to read several things; they never end earlier than they can."""
        joins = [split(join) for join in self._phrases.language.joins[slot.join]]
        said: list[object] = []
        at, end = start, start
        while ways := self._one(slot.what, at):
            end = max(end for end, _ in ways)
            said.append(next(thing for stop, thing in ways if stop == end))
            at = next((end + len(j) for j in joins if self._tokens[end : end + len(j)] == j), -1)
            if at < 0:
                break
        things = _several(slot, said)
        return [] if things is None or len(said) < slot.least else [(end, things)]

    def _at(self, index: int) -> str | None:
        return self._tokens[index] if index < len(self._tokens) else None

    def _said(self, what: str, token: str) -> object:
        if what == "number":
            return _number(token)
        text = unquoted(token)
        if text is not None or what == "text":
            return text
        if what == "value" and token in (self._phrases.language.yes, self._phrases.language.no):
            return token == self._phrases.language.yes
        if (
            (what != "label" and token in self._phrases.reserved)
            or token[0] == '"'
            or split(token) != [token]
        ):
            return None
        return _number(token) if what == "value" and is_number(token) else token


def _number(token: str) -> object:
    if not is_number(token):
        return None
    return Decimal(token) if "." in token else int(token)


def _several(slot: Many, said: list[object]) -> object:
    """Return several things as the slot's form has them; None if a name stands there twice."""
    if slot.shape == "mapping":
        pairs = [pair for thing in said if isinstance(thing, dict) for pair in thing.items()]
        return dict(pairs) if len(dict(pairs)) == len(pairs) else None
    return said[0] if slot.shape == "values" and len(said) == 1 else said


def _built(form: Form, texts: Texts) -> object:
    """Return the plain data of a form with what was said in its slots."""
    if not isinstance(form.data, dict):
        return _value(form.data, WHOLE, texts)
    data = _mapping(form.data, texts)
    for part in form.parts:
        said = texts[part.rstrip("?")]
        data |= said if isinstance(said, dict) else {}
    return data


def _mapping(form: Mapping[object, object], texts: Texts) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, slot in form.items():
        if isinstance(key, Key):
            found[str(texts["name"])] = _value(slot, "value", texts)
        elif not isinstance(slot, Block):
            found[str(key)] = _value(slot, str(key), texts)
    return found


def _value(slot: object, name: str, texts: Texts) -> object:
    if isinstance(slot, dict):
        return _mapping(slot, texts)
    return texts[name] if isinstance(slot, One | Many) else slot
