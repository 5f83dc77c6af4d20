"""The solver that decides what the built-in search cannot finish, where it is installed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from stacking_rules import Decide, Question


def solver() -> Decide | None:
    """Return HiGHS (``pip install 'quoin[solver]'``), None without it."""
    return _highs if has_highs() else None


@cache
def has_highs() -> bool:
    """Return whether the solver is installed: looked for once, for the disk is asked."""
    return find_spec("highspy") is not None


def _highs(question: Question) -> list[bool] | None:
    # Imported when it is first asked: most answers need no solver, and this takes 0.1 s.
    from stacking_rules.backends.highs import decide

    return decide(question)
