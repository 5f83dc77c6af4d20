"""The solver is used where it is installed, and missed by nothing where it is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import lti_tool.solver
from stacking_rules.search import Budget
from tests.cli.conftest import Quoin

STACKS = """\
quoin: 2
stacks:
- key: award
  requires:
    all:
    - {id: a, credits: 4, of: [x, y, z]}
    - {id: b, credits: 4, of: [x, y, z]}
"""
RECORD = """\
completions:
- {id: x, achievement: x, on: 2026-01-10, credits: 2.5}
- {id: y, achievement: y, on: 2026-01-10, credits: 2}
- {id: z, achievement: z, on: 2026-01-10, credits: 4}
"""
CATALOGUE = """\
- {id: dear, achievement: x, credits: 4, cost: 90}
- {id: cheap, achievement: y, credits: 2.5, cost: 60}
"""
ASKED = ("--as-of", "2026-06-30", "--json")


@pytest.fixture(autouse=True)
def files(quoin: Quoin) -> None:
    """Stacks, a record that is enough, one that is not, and a catalogue that fills it up."""
    Path("stacks.yaml").write_text(STACKS)
    Path("ada.yaml").write_text(RECORD)
    # As many credits as are needed, and no way to divide them.
    short = RECORD.replace("credits: 4", "credits: 3.5").replace("credits: 2}", "credits: 1.5}")
    Path("ben.yaml").write_text(short.replace("credits: 2.5", "credits: 3"))
    Path("catalogue.yaml").write_text(CATALOGUE)


@pytest.fixture(params=["installed", "missing"])
def is_installed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run a test with the solver and without it."""
    if request.param == "installed":
        pytest.importorskip("highspy", reason="it needs the extra 'solver'")
        return True
    monkeypatch.setattr(lti_tool.solver, "has_highs", lambda: False)
    return False


def answers(quoin: Quoin) -> list[Any]:
    """Return what three commands say of two learners."""
    found: list[Any] = []
    for learner in ("ada.yaml", "ben.yaml"):
        evaluated = quoin("rules", "evaluate", "stacks.yaml", learner, *ASKED).output
        explained = quoin("rules", "explain", "stacks.yaml", learner, *ASKED).output
        found += [json.loads(evaluated)["status"], json.loads(explained)["status"]]
        files = ("stacks.yaml", learner, "catalogue.yaml")
        found.append(json.loads(quoin("rules", "plan", *files, *ASKED).output))
    return found


REST = {"workload": "0", "fee": "0", "on": "2026-06-30"}
NOTHING = {"is_proved": True, "ways": [{"take": [], "cost": "0", **REST}]}
FILLED = {"is_proved": True, "ways": [{"take": ["dear"], "cost": "90", **REST}]}


@pytest.mark.usefixtures("is_installed")
def test_what_the_search_decides_is_the_same_with_a_solver_and_without(quoin: Quoin) -> None:
    assert answers(quoin) == ["met", "met", NOTHING, "not-met", "not-met", FILLED]


def test_what_the_search_leaves_open_is_decided_where_a_solver_is_installed(
    quoin: Quoin, *, is_installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stacking_rules.allocate.Budget", lambda: Budget(0))
    monkeypatch.setattr(sys.modules["stacking_rules.cheapest"], "DECISIONS", 0)
    if is_installed:
        assert answers(quoin) == ["met", "met", NOTHING, "not-met", "not-met", FILLED]
        return
    unknown = {"is_proved": False, "ways": []}
    assert answers(quoin) == ["not-decided", "not-decided", unknown] * 2
    said = quoin("rules", "plan", "stacks.yaml", "ada.yaml", "catalogue.yaml", *ASKED[:2]).output
    assert said == "It is not proved that nothing better leads there.\n"
