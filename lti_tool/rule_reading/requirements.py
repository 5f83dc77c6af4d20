"""Requirements as lines: one for each node, what belongs to it below it, further in."""

from __future__ import annotations

from collections.abc import Iterator

from lti_tool.rule_reading.amounts import amount_words, graded, on_scale
from lti_tool.rule_reading.clauses import clause_sentence, labelled
from lti_tool.rule_reading.conditions import condition
from lti_tool.rule_reading.reader import Reader
from lti_tool.translating import Words, _, listed, ngettext, number
from stacking_rules import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    Waived,
)
from stacking_rules.clauses import Least
from stacking_rules.selection import Test

INDENT, POINT = "  ", "- "
AMONG = Words(
    {
        "award": "any awards",
        "attestation": "any statements",
        "": "anything completed or awarded",
    }
)
BRANCHES = Words({"condition": "If this is met:", "then": "Then:", "otherwise": "Otherwise:"})


def requirement_lines(node: Requirement, reader: Reader, depth: int = 0) -> Iterator[str]:
    """Yield the lines of a requirement and of all below it, two spaces further in each level."""
    parts = () if _names_of(node) is not None else _parts(node)
    words = titled(node, _sentence(node, reader))
    words = labelled(words, node.rule)
    yield INDENT * depth + POINT + (f"{words}:" if parts or isinstance(node, Choice) else words)
    for part in parts:
        yield from requirement_lines(part, reader, depth + 1)
    if isinstance(node, Choice):
        yield from _branches(node, reader, depth + 1)
    for line in clause_lines(node, reader):
        yield INDENT * (depth + 1) + line


def clause_lines(node: Requirement, reader: Reader) -> Iterator[str]:
    """Yield what a requirement says beside its parts and amounts, a sentence each."""
    measures = _measures(node)
    for clause in node.clauses:
        if clause not in measures:
            yield clause_sentence(clause, reader)


def titled(node: Requirement, words: str) -> str:
    """Return what a node asks for below its title, where it has one."""
    return _("{title}: {what}", title=node.title, what=words) if node.title else words


def _parts(node: Requirement) -> tuple[Requirement, ...]:
    return node.parts if isinstance(node, Group | NoneOf) else ()


def _branches(node: Choice, reader: Reader, depth: int) -> Iterator[str]:
    for name in ("condition", "then", "otherwise"):
        part = getattr(node, name)
        if part is not None:
            yield INDENT * depth + BRANCHES[name]
            yield from requirement_lines(part, reader, depth + 1)


def _sentence(node: Requirement, reader: Reader) -> str:
    match node:
        case Completed():
            what = graded(reader.name(node.achievement), node.grade)
            return _("complete {what}", what=_where(what, node.where, reader))
        case Earned():
            what = reader.name(node.achievement)
            return _("hold the award {what}", what=_where(what, node.where, reader))
        case Attested():
            what = reader.name(node.achievement)
            return _("have the statement {what} signed", what=_where(what, node.where, reader))
        case Amount():
            return _("earn at least {what}", what=_amount(node, reader))
        case Group() | NoneOf():
            return _group(node, reader)
    return _other(node, reader)


def _other(node: Requirement, reader: Reader) -> str:
    match node:
        case Limit():
            if not node.most:
                what = reader.listed(node.of, joint="or") or _("anything")
                return _("hold nothing of this: {what}", what=_where(what, node.where, reader))
            what = _of(amount_words(node.most, node.unit), node.of, reader)
            return _("hold no more than {what}", what=_where(what, node.where, reader))
        case LearnerIs():
            return _(
                "be someone of whom this is true: {condition}",
                condition=condition(node.where, reader),
            )
        case Choice():
            return _("meet what the case asks for")
        case Waived():
            return _("{what} (met by exception)", what=_sentence(node.waived, reader))
    raise TypeError(f"{type(node).__name__} has no words")


def _names_of(node: Requirement) -> list[str] | None:
    """Return what a group asks for where that is a plain list of achievements, else None."""
    parts = _parts(node)
    keys = [part.achievement for part in parts if isinstance(part, Completed)]
    is_plain = all(
        isinstance(part, Completed)
        and not (part.title or part.rule or part.clauses or part.grade or part.where)
        for part in parts
    )
    return keys if keys and is_plain else None


def _group(node: Group | NoneOf, reader: Reader) -> str:
    keys = _names_of(node)
    if keys is not None:
        return _named_group(node, keys, reader)
    match node:
        case AllOf():
            return _("meet all of the following")
        case AnyOf():
            return _("meet at least one of the following")
        case AtLeast():
            return ngettext(
                "meet at least {n} of the following",
                "meet at least {n} of the following",
                node.count,
            )
    return _("meet none of the following")


def _named_group(node: Group | NoneOf, keys: list[str], reader: Reader) -> str:
    match node:
        case AllOf():
            return _("complete {what}", what=reader.listed(keys))
        case AnyOf():
            return _("complete at least one of {names}", names=reader.listed(keys, joint="or"))
        case AtLeast():
            return ngettext(
                "complete at least {n} of {names}",
                "complete at least {n} of {names}",
                node.count,
                names=reader.listed(keys),
            )
    return _("have completed none of {names}", names=reader.listed(keys, joint="or"))


def _measures(node: Requirement) -> tuple[Least, ...]:
    """Return the further measures of an amount (12 credits and 3 items), kept as clauses."""
    if not isinstance(node, Amount):
        return ()
    return tuple(
        clause
        for clause in node.clauses
        if isinstance(clause, Least)
        and clause.unit != node.unit
        and clause == Least(id=clause.unit, need=clause.need, unit=clause.unit)
    )


def _amount(node: Amount, reader: Reader) -> str:
    measures = [(node.need, node.unit), *((one.need, one.unit) for one in _measures(node))]
    words = listed([amount_words(need, unit) for need, unit in measures], joint="and")
    if node.of:
        words = _of(words, node.of, reader)
    elif node.among != ("completion",):
        among = AMONG["" if len(node.among) > 1 else node.among[0]]
        words = _("{amount} from {choice}", amount=words, choice=among)
    words = on_scale(words, node.scale) if node.unit == "points" else words
    words = graded(words, node.grade)
    if node.factors:
        words = _("{what} (weighted {weights})", what=words, weights=_weights(node, reader))
    words = _where(words, node.where, reader)
    if node.is_overlay:
        return _("{what}, which may count elsewhere as well", what=words)
    return words


def _weights(node: Amount, reader: Reader) -> str:
    said = [
        _("{factor} for {name}", factor=number(factor), name=reader.name(key))
        for key, factor in node.factors
    ]
    return listed(said, joint="and")


def _of(amount: str, keys: tuple[str, ...], reader: Reader) -> str:
    if not keys:
        return amount
    return _("{amount} from {choice}", amount=amount, choice=reader.listed(keys, joint="or"))


def _where(words: str, where: Test | None, reader: Reader) -> str:
    if where is None:
        return words
    return _("{what} where {condition}", what=words, condition=condition(where, reader))
