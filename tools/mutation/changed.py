"""Which functions of the engine differ from an older commit."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Sequence

from tools.mutation.mutants import Mutant, units_of
from tools.mutation.run import Module
from tools.mutation.suite import ROOT


class NoBaseError(Exception):
    """The commit to compare with is not in this clone; the message says so."""


def base_of(wanted: str) -> str:
    """Return the commit to compare with: where ``wanted`` and HEAD part (HEAD~1 without it).

    ``NoBaseError`` in a clone that is too shallow to hold it.
    """
    found = _git("merge-base", wanted or "HEAD~1", "HEAD")
    if found is None:
        raise NoBaseError(
            f"The commit {wanted or 'HEAD~1'} is not in this clone: nothing to compare."
        )
    return found.strip()


def changed(modules: Sequence[Module], base: str) -> list[tuple[Module, Mutant]]:
    """Return the mutants of all that differs in ``modules`` from the commit ``base``."""
    found: list[tuple[Module, Mutant]] = []
    for module in modules:
        before = _git("show", f"{base}:{module.name}")
        known = units_of(module.name, ast.parse(before)) if before is not None else set()
        found += [
            (module, mutant)
            for mutant in module.mutants
            if (mutant.unit.name, mutant.unit.digest) not in known
        ]
    return found


def _git(*words: str) -> str | None:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None
