"""Applications are made by the thousand in tests: what Werkzeug compiles for an address is kept.

Each application compiles two functions for each of its addresses, 90 ms in all, and they depend
on the address alone. A process that serves makes one application and pays once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing.rules import Rule


def keep_compiled() -> None:
    """Let rules of the same text share their compiled functions, for the rest of this process."""
    compile_builder: Callable[..., Any] = Rule._compile_builder
    kept: dict[tuple[object, ...], Any] = {}

    def compiled(self: Rule, append_unknown: bool = True) -> Any:
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(self, append_unknown)
        return kept[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]
