"""Amounts, grades, lengths of time and shares in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from lti_tool.translating import _, listed, ngettext, percent
from stacking_rules import Grade, scale_bounds
from stacking_rules.facts import HUNDRED
from stacking_rules.spans import Span

WHOLE = 100


def credit_words(value: Decimal) -> str:
    """Return an amount of credits: 1 credit, 7.5 credits."""
    return ngettext("{n} credit", "{n} credits", value)


def amount_words(value: Decimal, unit: str) -> str:
    """Return an amount of credits, points or items."""
    if unit == "points":
        return ngettext("{n} point", "{n} points", value)
    return ngettext("{n} item", "{n} items", value) if unit == "items" else credit_words(value)


def grade_words(value: Decimal, scale: str) -> str:
    """Return a grade with its scale: 82 of 100, 4 (scale 1 to 5), 3 on the ECTS scale."""
    try:
        low, high = scale_bounds(scale)
    except (ArithmeticError, IndexError):  # the name of a declared one
        return _("{value} on the {scale} scale", value=value, scale=scale)
    if low == 0:
        return _("{value} of {most}", value=value, most=high)
    return _("{value} (scale {low} to {high})", value=value, low=low, high=high)


def wanted_grade(wanted: Grade) -> str:
    """Return a grade as its scale names it, or as a number of its scale."""
    return wanted.text or grade_words(wanted.value, wanted.scale)


def graded(words: str, wanted: Grade | None) -> str:
    """Return something with the grade that it needs."""
    if wanted is None:
        return words
    return _("{what} with {grade} or better", what=words, grade=wanted_grade(wanted))


def on_scale(words: str, scale: str) -> str:
    """Return a grade or points with their scale; the usual one goes without saying."""
    return (
        words if scale == HUNDRED else _("{value} on the {scale} scale", value=words, scale=scale)
    )


def span_words(span: Span) -> str:
    """Return a length of time: 2 years and 6 months."""
    years, months = divmod(span.months, 12)
    parts = []
    if years:
        parts.append(ngettext("{n} year", "{n} years", years))
    if months:
        parts.append(ngettext("{n} month", "{n} months", months))
    if span.days or not parts:
        parts.append(ngettext("{n} day", "{n} days", span.days))
    return listed(parts, joint="and")


def share_words(share: Fraction) -> str:
    """Return a share: 25%, or 2/3 where no whole percentage says it."""
    if (share * WHOLE).denominator == 1:
        return percent(Decimal(share.numerator) / share.denominator)
    return f"{share.numerator}/{share.denominator}"
