"""The report for people: the score of every module and the list of what no test noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.mutation.mutants import Mutant
from tools.mutation.results import FOUND, Results
from tools.mutation.run import Module

COLUMNS = ("killed", "timeout", "survived", "uncovered")
HEAD = """\
# Mutation testing of the rules engine

Written by `make mutation-report` on {date} at commit {commit}; results of `make mutation`.

One mutant is `stacking_rules` with one place made wrong: a comparison, a sign, a constant, a
condition, a returned value, a statement left out. It is *killed* when a test fails, *timed out*
when a test takes more than eight times its CPU time, *survived* when every test asked passes, and
*uncovered* when no test runs the line. Score: (killed + timed out) / all. The tests asked are those
of `tests/rules` and of the rule commands that run the line, without the ones that take seconds each
(`tools/mutation/suite.py` names them), so that `make test` kills at least as many. How it works:
[decision 6](decisions/0006-mutants-run-in-forked-processes.md).
"""


@dataclass(frozen=True, slots=True)
class Score:
    """How the mutants of a module (or of all) fared, by status; ``same`` are equivalent ones."""

    counts: Counter[str]
    same: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        """All mutants that were run."""
        return sum(self.counts[name] for name in COLUMNS)

    @property
    def percent(self) -> float:
        """The score, nothing left out."""
        return _percent(self.found, self.total)

    @property
    def percent_without(self) -> float:
        """The score without the mutants that are listed as equivalent."""
        return _percent(self.found, self.total - self.same)

    @property
    def found(self) -> int:
        """How many were noticed."""
        return sum(self.counts[name] for name in FOUND)

    def __add__(self, other: Score) -> Score:
        return Score(self.counts + other.counts, self.same + other.same, self.open + other.open)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def score_of(
    mutants: Sequence[Mutant], results: Results, equivalent: Mapping[str, str] | None = None
) -> Score:
    """Return how ``mutants`` fared; those that are no programs do not count."""
    counts: Counter[str] = Counter()
    same = unknown = 0
    for mutant in mutants:
        result = results.known.get(mutant.key)
        if result is None:
            unknown += 1
            continue
        counts[result.status] += 1
        same += result.status not in FOUND and mutant.key in (equivalent or {})
    return Score(counts, same, unknown)


def report(
    modules: Sequence[Module],
    results: Results,
    equivalent: Mapping[str, str],
    *,
    date: str,
    commit: str,
) -> str:
    """Return the report as Markdown."""
    scores = {module.name: score_of(module.mutants, results, equivalent) for module in modules}
    total = sum(scores.values(), Score(Counter()))
    lines = [HEAD.format(date=date, commit=commit), *_table(scores, total)]
    for module in modules:
        lines += _survivors(module, results, equivalent)
    return "\n".join(lines).rstrip() + "\n"


def _table(scores: Mapping[str, Score], total: Score) -> Iterator[str]:
    names = ("mutants", "killed", "timed out", "survived", "uncovered", "score")
    yield f"| module | {' | '.join(names)} | without equivalent |"
    yield "|---" * 8 + "|"
    for name, score in [*scores.items(), ("all", total)]:
        if score.total:
            counts = " | ".join(str(score.counts[column]) for column in COLUMNS)
            percents = f"{score.percent:.1f} % | {score.percent_without:.1f} %"
            yield f"| {name.rpartition('/')[2]} | {score.total} | {counts} | {percents} |"
    yield ""
    if total.open:
        yield f"{total.open} mutants have not been run yet.\n"
    yield "# What no test notices\n"
    yield "Line, function, what stands there and what stood there instead.\n"


def _survivors(module: Module, results: Results, equivalent: Mapping[str, str]) -> Iterator[str]:
    found = [
        (mutant, results.known[mutant.key].status)
        for mutant in module.mutants
        if mutant.key in results.known
        and results.known[mutant.key].status in ("survived", "uncovered")
    ]
    if found:
        yield f"## {module.name}\n"
        for mutant, status in found:
            notes = ["not run by any test"] if status == "uncovered" else []
            if mutant.key in equivalent:
                notes.append(f"equivalent: {equivalent[mutant.key]}")
            said = f" ({'; '.join(notes)})" if notes else ""
            place = f"{mutant.lines[0]} `{mutant.unit.name}`"
            yield f"- {place}: `{_short(mutant.was)}` → `{_short(mutant.now)}`{said}"
        yield ""


def _short(text: str) -> str:
    return text.replace("`", "'") if len(text) <= 120 else text[:117].replace("`", "'") + "..."
