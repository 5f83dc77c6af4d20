"""From lines of text to plain data, by a table of phrases.

``PhraseError`` names the line of what is not understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from stacking_rules.errors import PhraseError
from stacking_rules.forms import TOP
from stacking_rules.phrases import MAX_LINE, MAX_SIZE, Phrase, Phrases, split
from stacking_rules.readings import readings
from stacking_rules.slots import Block, Form

MAX_LEVELS = 100
"""Levels of lines: two for each level of requirements at most."""
LOOKED_AT = 200
"""Characters of a line that the nearest phrase is looked for by."""


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
        found = readings(tokens, places, self._phrases)
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
