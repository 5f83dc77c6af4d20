"""What the forms of several pages ask for: an institution, a product, a list of lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.lti.families import ProductFamily
from lti_tool.persistence.administrators import SignedIn
from lti_tool.services.list_institutions import InstitutionRow, list_institutions
from lti_tool.web.admin.words import on_page
from lti_tool.web.forms import Form
from lti_tool.web.parts import current_parts

LONGEST_LIST = 6000


def institutions_of(signed_in: SignedIn) -> list[InstitutionRow]:
    """Return the institutions that an administrator decides for."""
    return list_institutions(current_parts().database, within=signed_in.institution_id)


def institution_options(signed_in: SignedIn) -> list[tuple[str, str]]:
    """Return them as a form offers them."""
    return [(row.key, row.name) for row in institutions_of(signed_in)]


def expect_institution(signed_in: SignedIn, key: str) -> None:
    """Refuse an institution that is not theirs as one that is not there: ``NotFoundError``."""
    if key not in [known for known, _ in institution_options(signed_in)]:
        raise NotFoundError("There is no such institution.")


def read_institution(form: Form, signed_in: SignedIn) -> str:
    """Return the key of the chosen institution; whoever decides for one need not choose it."""
    chosen = form.values.get("institution", signed_in.institution_key or "")
    if chosen not in [row.key for row in institutions_of(signed_in)]:
        form.errors["institution"] = "Choose an institution from the list."
    return chosen


def read_family(form: Form) -> ProductFamily | None:
    """Return the chosen product, None when none is chosen."""
    chosen = form.values.get("family", "")
    if not chosen:
        return None
    try:
        return ProductFamily(chosen)
    except ValueError:
        form.errors["family"] = "Choose a product from the list."
        return None


def read_lines(form: Form, name: str) -> tuple[str, ...]:
    """Return the lines of a field, without those that are empty."""
    lines = form.text(name, longest=LONGEST_LIST).split("\n")
    return tuple(line.strip() for line in lines if line.strip())


@contextmanager
def refusals(form: Form) -> Iterator[None]:
    """Keep what a use case says against the input beside the form, in the words of the page."""
    try:
        with form.catching():
            yield
    except ConflictError as error:
        form.errors[""] = error.message
    for name, message in form.errors.items():
        form.errors[name] = on_page(message)
