"""The words of the blocks in the reader's language.

The platform's own translations come first, so that an operator can change a word; then those that
travel in this package.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from quoin_xblock import compat

FOLDER = Path(__file__).parent / "translations"
DOMAIN = "text"


@dataclass(frozen=True, slots=True)
class Words:
    """Gives words, numbers and dates in one language; ``direction`` is "ltr" or "rtl"."""

    language: str
    direction: str
    service: Any
    own: gettext.NullTranslations
    said: dict[Any, str] = field(default_factory=dict)
    """What was said already: a page repeats itself, and Django's look-ups are slow."""

    def gettext(self, text: str) -> str:
        """Translate ``text``."""
        if text not in self.said:
            found = self.service.gettext(text) if self.service is not None else text
            self.said[text] = str(found if found != text else self.own.gettext(text))
        return self.said[text]

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Translate the form of the text that fits ``number``."""
        if (one, number) not in self.said:
            found = plain = one if number == 1 else many
            if self.service is not None:
                found = self.service.ngettext(one, many, number)
            text = found if found != plain else self.own.ngettext(one, many, number)
            self.said[one, number] = str(text)
        return self.said[one, number]

    def day(self, when: date | datetime | None) -> str:
        """Say a date as the language does, "" for none."""
        if when is None:
            return ""
        if when not in self.said:
            from django.utils.formats import date_format

            self.said[when] = str(date_format(when, "DATE_FORMAT"))
        return self.said[when]

    def moment(self, when: datetime | None) -> str:
        """Say a day and a time in the time zone of the request, "" for none."""
        if when is None:
            return ""
        from django.utils.formats import date_format
        from django.utils.timezone import localtime

        return date_format(localtime(when), "DATETIME_FORMAT")


def find_words(block: Any) -> Words:
    """Give the words for the language of this request."""
    language, is_rtl = compat.find_language()
    service = block.runtime.service(block, "i18n")
    return Words(language, "rtl" if is_rtl else "ltr", service, _catalogue(language))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    code, _, region = language.partition("-")
    names = [f"{code}_{region.upper()}", code] if region else [code]
    return gettext.translation(DOMAIN, FOLDER, languages=names, fallback=True)
