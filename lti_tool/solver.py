"""The solver that decides what the built-in search cannot finish, where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

from stacking_rules import Decide, Question


def solver() -> Decide | None:
    """Return HiGHS (``pip install 'quoin[solver]'``), None without it."""
    return _highs if find_spec("highspy") else None


def _highs(question: Question) -> list[bool] | None:
    # Imported when it is first asked: most answers need no solver, and this takes 0.1 s.
    from stacking_rules.backends.highs import decide

    return decide(question)
