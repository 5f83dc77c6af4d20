"""A form as it was sent: its fields read with care, its errors kept beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from flask import Response, make_response

from lti_tool.errors import InvalidInputError
from lti_tool.translating import _
from lti_tool.web import problems

UNPROCESSABLE = 422


@dataclass(slots=True)
class Form:
    """What was typed into the form ``id`` of a page, and what is wrong with it, by field."""

    id: str
    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, longest: int) -> str:
        """Return what stands in a field, without space around it."""
        value = self.values.get(name, "").replace("\r\n", "\n").strip()
        if "\x00" in value:
            self.errors[name] = _("Take the invisible characters out of this field.")
        if len(value) > longest:
            self.errors[name] = _(
                "Shorten this to {most} characters; it has {found}.", most=longest, found=len(value)
            )
        return value

    def chosen(self, name: str, otherwise: str) -> UUID:
        """Return the uuid that was chosen; ``otherwise`` says what to choose."""
        try:
            return UUID(self.values.get(name, ""))
        except ValueError:
            self.errors[name] = _(otherwise)
            return uuid4()

    def day(self, name: str) -> date:
        """Return the date in a field, written 2026-05-12 as browsers send it."""
        value = self.values.get(name, "").strip()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.errors[name] = _("Enter a date as year-month-day, for example 2026-05-12.")
            return date.min

    def form_id(self) -> str:
        """Return the id that was rendered into the form: a repeated post is recognised by it."""
        try:
            return str(UUID(self.values.get("form_id", "")))
        except ValueError:
            self.errors[""] = _("This form is incomplete. Load the page again and repeat the step.")
            return ""

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Keep what a use case says about the input, at the field that it names."""
        try:
            yield
        except InvalidInputError as error:
            name = error.field if error.field in self.values else ""
            self.errors[name or ""] = _(error.message)


def refused(form: Form, page: Callable[[], str]) -> Response:
    """Answer 422: the page again with its input and errors, or a problem document."""
    if problems.prefers_json():
        return problems.invalid(form.errors)
    return make_response(page(), UNPROCESSABLE)
