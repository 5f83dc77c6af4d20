"""Resolves contexts for PyLD, and remembers what it has resolved: half of the time goes there."""

from __future__ import annotations

import threading
from typing import Any

from pyld.context_resolver import ContextResolver

from lti_tool.credentials.contexts import load_context


class _Resolver(ContextResolver):  # type: ignore[misc] # PyLD has no types
    """Knows again the contexts that stand inside our pinned ones.

    PyLD finds them by their canonical JSON, which it makes anew for every term that has one.
    They never change and live as long as the process, so that their identity is enough; a
    document itself brings addresses alone (``canonize`` sees to it).
    """

    def __init__(self) -> None:
        super().__init__({}, load_context)
        self._known: dict[int, tuple[Any, list[Any]]] = {}

    def resolve(
        self, active_ctx: Any, context: Any, base: str, cycles: set[str] | None = None
    ) -> list[Any]:
        """Return the resolved contexts of ``context``, an object, an address or a list."""
        known = self._known.get(id(context))
        if known is not None and known[0] is context:
            return known[1]
        resolved: list[Any] = super().resolve(active_ctx, context, base, cycles)
        if not isinstance(context, str | list):
            self._known[id(context)] = (context, resolved)
        return resolved


MOST_PROCESSED = 500
"""Pairs of contexts that are remembered: ours need some fifty."""

_of_thread = threading.local()


def resolver() -> ContextResolver:
    """Return the resolver of this thread: PyLD's caches are not made for several."""
    found: ContextResolver | None = getattr(_of_thread, "resolver", None)
    if found is None:
        found = _of_thread.resolver = _Resolver()
    return found


def processed() -> dict[tuple[int, int], tuple[Any, Any, Any]]:
    """Return what this thread remembers of processed contexts; it forgets all when it is full."""
    found: dict[Any, Any] | None = getattr(_of_thread, "processed", None)
    if found is None:
        found = _of_thread.processed = {}
    if len(found) >= MOST_PROCESSED:
        found.clear()
    return found
