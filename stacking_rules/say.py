"""From plain data to lines of text, by a table of phrases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from stacking_rules.errors import LimitExceededError
from stacking_rules.forms import TOP
from stacking_rules.phrases import (
    MAX_LINE,
    MAX_SIZE,
    WHOLE,
    Phrase,
    Phrases,
    fields_of,
    is_bare,
    quoted,
)
from stacking_rules.slots import Block, Form, Key, Many, One

INDENT = "  "
Plain = Mapping[str, object]


@dataclass(slots=True)
class Said:
    """What a phrase says: texts of its slots, and (place, things to say on the lines below)."""

    texts: dict[str, str] = field(default_factory=dict)
    below: list[tuple[str, list[object]]] = field(default_factory=list)


def say(document: Plain, phrases: Phrases) -> str:
    """Return a document (plain data, as ``write_document`` gives it) as text.

    ``ValueError`` if there are no words for something in it, ``LimitExceededError`` if a line
    would be longer, or all of it larger, than ``understand`` reads.
    """
    speaker = _Speaker(phrases)
    chunks = [list(chunk) for chunk in speaker.fields(document, TOP, 0)]
    lines: list[str] = []
    for index, chunk in enumerate(chunks):
        is_apart = len(chunk) > 1 or (index and len(chunks[index - 1]) > 1)
        lines += ["", *chunk] if is_apart and index else chunk
    text = "\n".join(lines) + "\n"
    if max(map(len, lines)) > MAX_LINE:
        raise LimitExceededError("characters in one line", MAX_LINE)
    if len(text) > MAX_SIZE:
        raise LimitExceededError("characters", MAX_SIZE)
    return text


class _Speaker:
    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._groups = {place: _grouped(phrases.places[place]) for place in phrases.places}

    # -- lines ---------------------------------------------------------------------------------

    def fields(self, data: Plain, places: tuple[str, ...], depth: int) -> Iterator[Iterator[str]]:
        """Yield the lines that say the fields of a mapping, those of one sentence together."""
        rest = dict(data)
        for place in places:
            for names, phrases in self._groups[place].items():
                mine = {name: rest.pop(name) for name in names if name in rest}
                for entry in _entries(phrases[0].form, mine):
                    yield self._line(phrases, entry, depth)
        if rest:
            raise ValueError(f"there are no words for {', '.join(sorted(rest))}")

    def _line(self, phrases: tuple[Phrase, ...], data: object, depth: int) -> Iterator[str]:
        """Yield the line that says ``data`` and all below it."""
        own, rest = self._apart(phrases[0].form, data)
        phrase, said = self._first(phrases, own)
        yield INDENT * depth + _filled(phrase, said)
        for place, things in said.below:
            for thing in things:
                yield from self._line(self._phrases.places[place], thing, depth + 1)
        for lines in self.fields(rest, phrase.form.below, depth + 1):
            yield from lines

    def _apart(self, form: Form, data: object) -> tuple[object, Plain]:
        """Return what the line says itself, and the fields that the lines below it say."""
        if not isinstance(data, Mapping):
            return data, {}
        below = {name for place in form.below for name in self._phrases.fields[place]}
        rest = {name: value for name, value in data.items() if name in below}
        return {name: value for name, value in data.items() if name not in below}, rest

    def _first(self, phrases: tuple[Phrase, ...], data: object) -> tuple[Phrase, Said]:
        for phrase in phrases:
            said = self._said(phrase, data)
            if said is not None:
                return phrase, said
        raise ValueError(f"there are no words for {data!r}")

    # -- within a line -------------------------------------------------------------------------

    def _said(self, phrase: Phrase, data: object) -> Said | None:
        """Return what ``phrase`` says of ``data``; None if it stands for something else."""
        form, said = phrase.form, Said()
        if form.bare is not None and not isinstance(data, Mapping):
            data = {form.bare: data} if form.bare else {}
        if not isinstance(form.data, dict):
            return said if self._slot(WHOLE, form.data, data, said) else None
        if not isinstance(data, Mapping):
            return None
        rest = self._fields(form.data, data, said)
        if rest is None:
            return None
        for part in form.parts:
            name = part.removesuffix("?")
            mine = {n: rest.pop(n) for n in tuple(rest) if n in self._phrases.fields[name]}
            text = self._part(name, mine, is_optional=part != name)
            if text is None:
                return None
            said.texts[name] = text
        return None if rest else said

    def _part(self, place: str, data: Plain, *, is_optional: bool) -> str | None:
        return "" if is_optional and not data else self._text(place, data)

    def _fields(
        self, form: Mapping[object, object], data: Plain, said: Said
    ) -> dict[str, object] | None:
        """Say the fields that ``form`` has; return the others, None if one does not fit."""
        rest = dict(data)
        for key, slot in form.items():
            name, label = str(key), str(key)
            if isinstance(key, Key):
                if len(data) != 1:
                    return None
                (name,), label = data, "value"
                if not self._slot("name", One(key.what), name, said):
                    return None
            if name not in rest or not self._slot(label, slot, rest.pop(name), said):
                return None
        return rest

    def _slot(self, name: str, slot: object, data: object, said: Said) -> bool:
        """Say ``data`` in the slot; return whether it fits."""
        if isinstance(slot, dict):
            return isinstance(data, Mapping) and self._fields(slot, data, said) == {}
        if isinstance(slot, Block):
            if not slot.is_single and not isinstance(data, list):
                return False
            said.below.append((slot.place, [data] if slot.is_single else list(_list(data))))
            return True
        if isinstance(slot, One | Many):
            text = self._text(slot.what, data) if isinstance(slot, One) else self._texts(slot, data)
            said.texts[name] = text or ""
            return text is not None
        return type(slot) is type(data) and slot == data

    def _texts(self, slot: Many, data: object) -> str | None:
        things = _things(slot, data)
        if things is None or len(things) < slot.least:
            return None
        texts = [self._text(slot.what, thing) for thing in things]
        between, last = self._phrases.language.joins[slot.join]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            return None
        return last.join(filter(None, (between.join(known[:-1]), known[-1])))

    def _text(self, what: str, data: object) -> str | None:
        """Return what is said of ``data`` in a slot for ``what``, None if it does not fit."""
        words = {"word": self._word, "value": self._value, "number": _number, "text": _quoted}
        words["label"] = self._label
        if what in words:
            return words[what](data)
        for phrase in self._phrases.places[what]:
            said = self._said(phrase, data)
            if said is not None:
                return _filled(phrase, said)
        return None

    def _label(self, data: object) -> str | None:
        if not isinstance(data, str):
            return None
        return data if is_bare(data, frozenset(), is_value=False) else quoted(data)

    def _word(self, data: object, *, is_value: bool = False) -> str | None:
        if not isinstance(data, str):
            return None
        is_plain = is_bare(data, self._phrases.reserved, is_value=is_value)
        return data if is_plain else quoted(data)

    def _value(self, data: object) -> str | None:
        if isinstance(data, bool):
            return self._phrases.language.yes if data else self._phrases.language.no
        return self._word(data, is_value=True) if isinstance(data, str) else _number(data)


def _number(data: object) -> str | None:
    is_number = isinstance(data, int | Decimal) and not isinstance(data, bool)
    return format(data, "f" if isinstance(data, Decimal) else "d") if is_number else None


def _quoted(data: object) -> str | None:
    return quoted(data) if isinstance(data, str) else None


def _filled(phrase: Phrase, said: Said) -> str:
    """Return the words of the phrase with the texts in its slots."""
    texts = (said.texts[text] if index % 2 else text for index, text in enumerate(phrase.pattern))
    return "".join(texts)


def _grouped(phrases: tuple[Phrase, ...]) -> dict[tuple[str, ...], tuple[Phrase, ...]]:
    """Return the phrases of a place by the fields that they say, each field in one group."""
    groups: dict[tuple[str, ...], tuple[Phrase, ...]] = {}
    for phrase in phrases:
        names = set(fields_of(phrase))
        same = [group for group in groups if names & set(group)]
        found = tuple(p for group in same for p in groups.pop(group))
        groups[tuple(sorted(names.union(*same)))] = (*found, phrase)
    return groups


def _entries(form: Form, fields: dict[str, object]) -> list[object]:
    """Return what the lines for these fields say, one thing each."""
    if not fields:
        return []
    if not form.into:
        return [fields]
    value = fields[form.into]
    if form.how == "list":
        return list(_list(value))
    if form.how == "map" and isinstance(value, Mapping) and value:
        return [{"key": key, "value": entry} for key, entry in value.items()]
    if form.how == "keyed" and isinstance(value, Mapping):
        return [{"key": key, **entry} for key, entry in value.items()]
    return [value if form.how == "one" else fields]


def _list(data: object) -> list[object]:
    return data if isinstance(data, list) else []


def _things(slot: Many, data: object) -> list[object] | None:
    """Return the several things in ``data`` that the slot says one by one."""
    if slot.shape == "mapping":
        return [{k: v} for k, v in data.items()] if isinstance(data, Mapping) else None
    if slot.shape == "values" and not isinstance(data, list):
        return [data]
    is_alone = slot.shape == "values" and isinstance(data, list) and len(data) < 2
    return data if isinstance(data, list) and not is_alone else None
