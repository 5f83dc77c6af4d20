"""The answers of ``quoin simulate``: lines, JSON, and a table of learners."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lti_tool.attesting.tables import write_table
from lti_tool.rule_words import say
from stacking_rules.cohort.changing import RuleChange
from stacking_rules.cohort.parts import Part
from stacking_rules.cohort.simulated_parts import Question, simulate_parts
from stacking_rules.cohort.simulating import EFFECTS, Effect, Outcome
from stacking_rules.cohort.standings import STATUSES
from stacking_rules.cohort.tally import Example, Total, Totals, add_up, explainer

WORDS = {
    Effect.GAINS: "would meet it and have no award yet",
    Effect.KEEPS: "would not meet it any more; an award already made stays",
    Effect.MISSES: "meet it now without an award, and would not any more",
    Effect.UP: "meet it neither way and come nearer",
    Effect.DOWN: "meet it neither way and are farther from it",
    Effect.UNDECIDED: "not decided: the search reached its limit",
    Effect.UNCHANGED: "unchanged",
}
WHOLE = "the whole (how many are needed, or what counts where)"
HEADER = ("learner", "stack", "effect", "before", "after", "requirements")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a change does; ``people`` are uuid and name of learners of the database."""

    change: RuleChange
    totals: Totals
    people: Mapping[Any, tuple[str, str]]


@dataclass(slots=True)
class Kept:
    """The learners for whom anything changes, one row for each stack, for the file ``out``."""

    out: Path | None
    names: int
    tables: list[pa.Table] = field(default_factory=list)

    def add(self, learners: Sequence[Any] | pa.Array, outcomes: Sequence[Outcome]) -> None:
        """Take some learners up."""
        for outcome in outcomes if self.out is not None else ():
            where = np.flatnonzero(outcome.effects)
            self.tables.append(_table(learners, outcome, where))

    def write(self) -> None:
        """Write the file, if one is wanted."""
        if self.out is None:
            return
        table = pa.concat_tables(self.tables) if self.tables else _empty()
        if self.out.suffix == ".parquet":
            pq.write_table(table, self.out)
            return
        columns = [table.column(name).cast(pa.string()).to_pylist() for name in HEADER]
        rows = zip(*columns, strict=True)
        self.out.write_bytes(write_table(HEADER, rows, has_mark=False))


def _empty() -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in HEADER})


def _table(learners: Sequence[Any] | pa.Array, outcome: Outcome, where: Any) -> pa.Table:
    ids = learners if isinstance(learners, pa.Array) else pa.array(learners)
    effects, statuses = ([one.value for one in all_of] for all_of in (EFFECTS, STATUSES))
    addresses = [""] * len(where)
    for address, flags in outcome.decisive.items():
        for index in np.flatnonzero(flags[where]).tolist():
            addresses[index] = f"{addresses[index]} {address}".strip()
    return pa.table(
        {
            "learner": ids.take(pa.array(where)).cast(pa.string()),
            "stack": pa.array([outcome.key] * len(where), pa.string()),
            "effect": _words(outcome.effects[where], effects),
            "before": _words(outcome.was[where], statuses),
            "after": _words(outcome.becomes[where], statuses),
            "requirements": pa.array(addresses, pa.string()),
        }
    )


def _words(numbers: Any, words: Sequence[str]) -> pa.Array:
    return pa.array(words).take(pa.array(numbers))


def over_files(
    question: Question, parts: Sequence[Part], kept: Kept, advance: Callable[[int], None]
) -> Totals:
    """Return what a change does to the learners of some files."""
    totals: Totals = {}
    for learners, crowd, outcomes in simulate_parts(question, parts, advance):
        why = explainer(question.change, crowd, question.when, question.solver)
        names: Any = learners
        add_up(totals, outcomes, lambda number, n=names: n[number].as_py(), kept.names, why)  # type: ignore[misc]
        kept.add(learners, outcomes)
    return totals


def tell(answer: Answer, *, as_json: bool) -> None:
    """Print the answer."""
    if as_json:
        click.echo(json.dumps({"stacks": _plain(answer)}, ensure_ascii=False))
        return
    if not answer.change.keys:
        click.echo("Nothing that counts is changed.")
    for key in answer.change.keys:
        total = answer.totals.get(key, Total())
        same = "" if key in answer.change.differs else " (same rule; an award below it changes)"
        click.echo(f"{key}: {answer.change.title(key)}{same}")
        for effect, words in WORDS.items():
            if total.effects[effect] or effect is Effect.UNCHANGED:
                click.echo(f"  {total.effects[effect]} {words}")
                _tell_requirements(answer, total, effect)


def _tell_requirements(answer: Answer, total: Total, effect: Effect) -> None:
    for address, count in total.requirements.get(effect, {}).items():
        click.echo(f"      {count} by {WHOLE if address == '/' else address}")
        for one in _examples(total, effect, address):
            reasons = "; ".join(f"{at} {say(message)}" for at, message in one.why)
            name = _called(answer, one)[1] or _called(answer, one)[0]
            click.echo(f"          {name}{': ' if reasons else ''}{reasons}")


def _examples(total: Total, effect: Effect, address: str) -> list[Example]:
    return [one for one in total.examples if (one.effect, one.address) == (effect, address)]


def _called(answer: Answer, one: Example) -> tuple[str, str]:
    """Return what identifies a learner, and the name if there is one."""
    return answer.people.get(one.learner, (str(one.learner), ""))


def _plain(answer: Answer) -> dict[str, Any]:
    return {
        key: _plain_total(answer, answer.totals.get(key, Total())) for key in answer.change.keys
    }


def _plain_total(answer: Answer, total: Total) -> dict[str, Any]:
    return {
        "effects": {effect.value: count for effect, count in total.effects.items()},
        "requirements": {
            effect.value: {
                address: {
                    "learners": count,
                    "examples": [
                        _plain_example(answer, one) for one in _examples(total, effect, address)
                    ],
                }
                for address, count in by_address.items()
            }
            for effect, by_address in total.requirements.items()
        },
    }


def _plain_example(answer: Answer, one: Example) -> dict[str, Any]:
    learner, name = _called(answer, one)
    return {
        "learner": learner,
        **({"name": name} if name else {}),
        "why": [
            {"at": at, "message": m.key, "values": {k: str(v) for k, v in m.values.items()}}
            for at, m in one.why
        ],
    }
