"""Templates and static files of the package, read and compiled once in each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def render(template: str, page: dict[str, Any]) -> str:
    """Fill the template called ``template`` with ``page``; what it holds is escaped."""
    from django.template import Context

    # Numbers are put into words before: here they are values of attributes.
    return str(_engine().get_template(template).render(Context(page, use_l10n=False)))


@cache
def icon(kind: str) -> Any:
    """Give the drawing for a state: it stands in many rows, and is filled in once."""
    from django.utils.safestring import mark_safe

    return mark_safe(render("icon.html", {"kind": kind}).strip())  # noqa: S308


@cache
def _engine() -> Any:
    # An engine of our own: the platform's has other folders, and compiles anew on each call
    # through XBlock's resource loader.
    from django.template import Engine

    loaders = [
        ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])
    ]
    return Engine(dirs=[str(FOLDER / "templates")], loaders=loaders)


@cache
def read_static(name: str) -> str:
    """Give the text of a file in ``static/``."""
    return (FOLDER / "static" / name).read_text("utf-8")
