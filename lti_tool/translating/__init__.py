"""The languages of the pages: which there are, which one is spoken now, and words in it.

``with speaking("de"):`` is the language of the work at hand; ``_("...")`` says a sentence in it.
Moments are shown in a time zone, that of ``show_in``.
"""

from lti_tool.translating.amounts import clock_time, country_called, day, listed, number, percent
from lti_tool.translating.languages import (
    ENGLISH,
    PSEUDO,
    choose,
    direction,
    find,
    is_spoken,
    own_names,
)
from lti_tool.translating.speech import (
    Words,
    _,
    form_for,
    isolated,
    language,
    marked,
    ngettext,
    pgettext,
    plain,
    speak,
    speaking,
)
from lti_tool.translating.zones import local, show_in, showing_in

__all__ = [
    "ENGLISH",
    "PSEUDO",
    "Words",
    "_",
    "choose",
    "clock_time",
    "country_called",
    "day",
    "direction",
    "find",
    "form_for",
    "is_spoken",
    "isolated",
    "language",
    "listed",
    "local",
    "marked",
    "ngettext",
    "number",
    "own_names",
    "percent",
    "pgettext",
    "plain",
    "show_in",
    "showing_in",
    "speak",
    "speaking",
]
