"""Which release this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def release() -> str:
    """Return the version of the installed package; "source" in a checkout that is not installed."""
    try:
        return version("quoin")
    except PackageNotFoundError:
        return "source"
