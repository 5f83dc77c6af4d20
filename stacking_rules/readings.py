"""The ways in which one line can be read.

Every way is followed, word by word and each once, so that no line takes long and a line with two
meanings is found out.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from stacking_rules.phrases import WHOLE, Phrase, Phrases, is_number, split, unquoted
from stacking_rules.slots import WORDS, Block, Form, Key, Many, One

MAX_NESTED = 50
"""Levels within a line."""

Texts = dict[str, object]
Ways = list[tuple[int, object]]
"""(the token after it, what was said): the ways in which something can be read."""


def readings(
    tokens: list[str], places: tuple[str, ...], phrases: Phrases
) -> list[tuple[Phrase, object]]:
    """Return every way to read a whole line at ``places``: the phrase, and what it says."""
    return _Reading(phrases, tokens).whole(places)


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
        said = texts[part.removesuffix("?")]
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
