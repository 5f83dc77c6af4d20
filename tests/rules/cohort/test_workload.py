"""The benchmark's workload and the Open University's data: every learner as one by one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchmarks import s1m
from lti_tool.sources.oulad import read_oulad
from lti_tool.stack_text import read_document
from stacking_rules import Network
from stacking_rules.cohort.facts_table import read_facts
from stacking_rules.cohort.plan import Plan, evaluate_cohort

OULAD = Path(os.environ.get("QUOIN_TEST_DATA", "../shared")) / "data" / "oulad"


def test_the_workload_of_the_benchmark() -> None:
    count = 1_500
    columns, stacks = s1m.columns(s1m.draw(count), count), s1m.stacks()
    standings, left = Plan(stacks, columns, as_of=s1m.TODAY).sweep()
    assert not left.any()
    network = Network(stacks)
    for number, record in enumerate(s1m.learners(count)):
        ours = standings.of_learner(number)
        assert ours == network.statuses(record, as_of=s1m.TODAY, known_on=s1m.KNOWN_ON)


@pytest.mark.long
@pytest.mark.skipif(not OULAD.is_dir(), reason="the data are not there: set QUOIN_TEST_DATA")
def test_every_learner_of_the_open_university() -> None:
    text = files("lti_tool.sources").joinpath("oulad.yaml").read_text("utf-8")
    document, table = read_document(text), _table()
    as_of, known_on = date(2015, 6, 30), datetime(2026, 1, 1, tzinfo=UTC)
    cohort = read_facts(table, document.definitions, as_of=as_of, known_on=known_on)
    found = evaluate_cohort(
        document.stacks, cohort.columns, cohort.record_of, as_of=as_of, known_on=known_on
    )
    network = Network(document.stacks)
    for number in range(len(found)):
        one = network.statuses(cohort.record_of(number), as_of=as_of, known_on=known_on)
        assert found.of_learner(number) == one
    assert len(found) > 20_000
    assert found.alone < len(found) / 100


def _table() -> pa.Table:
    facts = read_oulad(OULAD).facts
    rows = [(s, f.achievement, f.on, f.grade) for s in sorted(facts) for f in facts[s]]
    columns: list[Sequence[Any]] = [*zip(*rows, strict=True)]
    types = (pa.string(), pa.string(), pa.date32(), pa.decimal128(6, 2))
    names = ("learner", "achievement", "on", "grade")
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})
