"""Reading plain data with care: every error names the address (JSON pointer) of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from stacking_rules.definitions import Scale
from stacking_rules.errors import DocumentError
from stacking_rules.facts import HUNDRED, Attributes, Grade, Value
from stacking_rules.spans import Span

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_SCALE = re.compile(r"-?\d+(\.\d+)?-\d+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_INSTANT = re.compile(_DAY.pattern + "[T ]" + _CLOCK + "(Z|[+-][0-9]{2}:[0-9]{2})")

Scales = Mapping[str, Scale]
"""Scales that a document declares, by name."""

MAX_PLACES = 6
MAX_DIGITS = 30
"""How large or how fine a number may be that is only compared."""
LONGEST = 100_000
"""Years, months or days of a span at most."""


def grade_of(item: Mapping[str, object], address: str, scales: Scales) -> Grade | None:
    """Return the grade that ``item`` asks for or holds, None without one."""
    if "grade" not in item:
        if "scale" in item:
            raise DocumentError(f"{address}/scale", "'scale' has no meaning without 'grade'.")
        return None
    scale = scale_of(item.get("scale", HUNDRED), f"{address}/scale", scales)
    return read_grade(item["grade"], scale, f"{address}/grade", scales)


def read_grade(value: object, scale: str, address: str, scales: Scales) -> Grade:
    """Return a grade written as a number, or as the name that its scale gives it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise DocumentError(address, f"Here a grade is needed, not {kind_of(value)}.")
    if scale in scales:
        found = scales[scale].grade(str(value), scale) or scales[scale].worth(value, scale)
        if found is None:
            known = ", ".join(scales[scale].grades)
            raise DocumentError(address, f"The scale {scale} has the grades {known}.")
        return found
    amount = amount_of(value, address, least=-1_000_000)
    low, high = scale_bounds(scale)
    if not low <= amount <= high:
        raise DocumentError(address, f"The grade must be between {low} and {high}.")
    return Grade(amount, scale)


def scale_bounds(scale: str) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest grade of a scale written "low-high"."""
    low, _, high = scale[1:].partition("-")
    return Decimal(scale[0] + low), Decimal(high)


def scale_of(value: object, address: str, scales: Scales) -> str:
    """Return the name of a scale: one that is declared, or low-high."""
    if isinstance(value, str) and value in scales:
        return value
    if not isinstance(value, str) or not _SCALE.fullmatch(value):
        raise DocumentError(
            address, "A scale is written low-high, for example 0-100, or is declared in 'scales'."
        )
    low, high = scale_bounds(value)
    if low >= high:
        raise DocumentError(address, "A scale goes from a lower to a higher number.")
    return value


def mapping_of(data: object, address: str, fields: tuple[str, ...]) -> dict[str, object]:
    """Return a mapping that has no other names than ``fields``; a near name is offered."""
    item = any_mapping(data, address)
    for name in item:
        if name not in fields:
            near = get_close_matches(name, fields, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise DocumentError(f"{address}/{escape(name)}", f"'{name}' is not known here.{hint}")
    return item


def any_mapping(data: object, address: str) -> dict[str, object]:
    """Return a mapping whose names are text."""
    if not isinstance(data, Mapping):
        raise DocumentError(address, f"Here a mapping is needed, not {kind_of(data)}.")
    for name in data:
        if not isinstance(name, str):
            raise DocumentError(address, f"'{name}' is not text; put it in quotation marks.")
    return dict(data)


def list_of(data: object, address: str) -> list[object]:
    """Return a list that is not empty."""
    if not isinstance(data, list) or not data:
        raise DocumentError(address, f"Here a list with entries is needed, not {kind_of(data)}.")
    return data


def key_of(value: object, address: str) -> str:
    """Return a key: lower-case letters, digits, dots, hyphens, underscores."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise DocumentError(
            address,
            "A key has 1 to 100 lower-case letters, digits, dots, hyphens or underscores, "
            f"not {kind_of(value)}.",
        )
    return value


def text_of(value: object, address: str) -> str:
    """Return text."""
    if not isinstance(value, str):
        raise DocumentError(address, f"Here text is needed, not {kind_of(value)}.")
    return value


def amount_of(value: object, address: str, least: int = 0) -> Decimal:
    """Return an exact number from ``least`` to 1,000,000."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise DocumentError(address, f"Here a number is needed, not {kind_of(value)}.")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise DocumentError(address, f"{kind_of(value)} is not a number.")
    amount = Decimal(value) if isinstance(value, int) else Decimal(str(value))
    if not amount.is_finite() or not least <= amount <= 1_000_000:
        raise DocumentError(address, f"The number must be between {least} and 1000000.")
    # 1e-999999 is a short text and, made a whole number, a million digits.
    if int(amount.as_tuple().exponent) < -MAX_PLACES:
        raise DocumentError(address, f"The number may have {MAX_PLACES} decimal places at most.")
    return amount


def count_of(value: object, address: str, parts: int) -> int:
    """Return a whole number of ``parts`` that can be reached."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise DocumentError(address, f"Here a whole number is needed, not {kind_of(value)}.")
    if not 0 <= value <= parts:
        raise DocumentError(address, f"{value} of {parts} can never be met.")
    return value


def whole_of(value: object, address: str, most: int) -> int:
    """Return a whole number from 0 to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise DocumentError(
            address, f"Here a whole number up to {most} is needed, not {kind_of(value)}."
        )
    return value


def kind_of(value: object) -> str:
    """Name what stands there, for a message."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, int) and value.bit_length() > 100:
        return "a number beyond all bounds"  # which Python may refuse to write
    return f"{value!r}"[:40]


def escape(name: object) -> str:
    """Return one step of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


def day_of(value: object, address: str) -> date:
    """Return a calendar day, written YYYY-MM-DD."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(_like(_DAY, value))
    except ValueError:
        raise DocumentError(
            address, f"Here a date such as 2026-06-30 is needed, not {kind_of(value)}."
        ) from None


def instant_of(value: object, address: str) -> datetime:
    """Return an instant with its offset from UTC, as RFC 3339 writes it."""
    try:
        return datetime.fromisoformat(_like(_INSTANT, value))
    except ValueError:
        raise DocumentError(
            address,
            f"Here an instant such as 2026-06-30T12:00:00Z is needed, not {kind_of(value)}.",
        ) from None


def _like(form: re.Pattern[str], value: object) -> str:
    """Return text of this form, "" for anything else."""
    return value if isinstance(value, str) and form.fullmatch(value) else ""


def span_of(data: object, address: str) -> Span:
    """Return a length of calendar time: whole ``years``, ``months`` or ``days``, or several."""
    item = mapping_of(data, address, ("years", "months", "days"))
    if not item:
        raise DocumentError(address, "A span of time has years, months or days.")
    amounts = {name: whole_of(value, f"{address}/{name}", LONGEST) for name, value in item.items()}
    months = 12 * amounts.get("years", 0) + amounts.get("months", 0)
    return Span(months, amounts.get("days", 0))


def fraction_of(value: object, address: str) -> Fraction:
    """Return an exact share from 0 to 1: 0.5 or "2/3"."""
    top, bottom = fraction_parts(value, address)
    if top > bottom:
        raise DocumentError(address, "A share is between 0 and 1.")
    return Fraction(top, bottom)


def fraction_parts(value: object, address: str) -> tuple[int, int]:
    """Return numerator and denominator of an exact number: 0.5 or "60/30"."""
    top, slash, bottom = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not slash:
        return amount_of(value, address).as_integer_ratio()
    if not (_WHOLE.fullmatch(top) and _WHOLE.fullmatch(bottom)) or not int(bottom):
        raise DocumentError(address, "A share is written 0.5 or 1/2.")
    return int(top), int(bottom)


def values_of(data: object, address: str) -> tuple[Value, ...]:
    """Read one value or a list of them: text, true or false, numbers."""
    if isinstance(data, list):
        items = list_of(data, address)
        return tuple(_value(item, f"{address}/{index}") for index, item in enumerate(items))
    return (_value(data, address),)


def _value(data: object, address: str) -> Value:
    if isinstance(data, str | bool):
        return data
    if isinstance(data, int | Decimal):
        number = Decimal(data)
        if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
            raise DocumentError(address, f"The number has more than {MAX_DIGITS} digits.")
        return number
    raise DocumentError(
        address, f"Here text, a number, true or false is needed, not {kind_of(data)}."
    )


def keys_of(data: object, address: str) -> tuple[str, ...]:
    """Return a list of keys, each once."""
    keys = tuple(key_of(key, f"{address}/{i}") for i, key in enumerate(list_of(data, address)))
    refuse_repeats(keys, address)
    return keys


def refuse_repeats(keys: Iterable[str], address: str, suffix: str = "") -> None:
    """Refuse a name that stands twice in a list, at its place in the list."""
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            raise DocumentError(f"{address}/{index}{suffix}", f"'{key}' stands here twice.")
        seen.add(key)


def one_of(value: object, known: tuple[str, ...], address: str) -> str:
    """Return one of the words ``known``."""
    if not isinstance(value, str) or value not in known:
        near = get_close_matches(str(value), known, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        words = ", ".join(known)
        raise DocumentError(address, f"Here one of {words} is needed, not {kind_of(value)}.{hint}")
    return value


def optional_day(item: Mapping[str, object], name: str, address: str) -> date | None:
    """Return the day of a field, None without it."""
    value = item.get(name)
    return None if value is None else day_of(value, f"{address}/{name}")


def attributes_of(data: object, address: str) -> Attributes:
    """Return attributes; one that is null or an empty list is not known."""
    return tuple(
        (name, values_of(value, f"{address}/{escape(name)}"))
        for name, value in any_mapping(data, address).items()
        if value is not None and value != []
    )


def rules_of(data: object, address: str) -> tuple[str, ...]:
    """Return labels of printed rules: one, or a list of them."""
    labels = data if isinstance(data, list) else [data]
    return tuple(text_of(label, address) for label in labels)
