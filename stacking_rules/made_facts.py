"""From what a made-up fact says to the fact, and to the awards that have used it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from stacking_rules.clauses import Mean
from stacking_rules.facts import Attestation, Award, Completion, Fact, Grade, Value
from stacking_rules.leaves import Place
from stacking_rules.reading import scale_bounds
from stacking_rules.satisfy import USED, Inventor, Said, Sketch
from stacking_rules.stacks import Stack

GAP = timedelta(days=10)
TENTH = Decimal("0.1")
_BUILT_IN = ("achievement", "kind", "credits", "on", "started", "recorded", "grade", USED)


@dataclass(slots=True)
class FactBook:
    """The facts made so far, by kind and achievement, with what each of them says."""

    stack: Stack
    inventor: Inventor
    facts: dict[tuple[str, str], list[Fact]] = field(default_factory=dict)
    sketches: list[tuple[Sketch, Fact]] = field(default_factory=list)
    used: dict[str, list[str]] = field(default_factory=dict)

    def all(self) -> list[Fact]:
        """Return the facts and the awards that have used them."""
        return [*(fact for here in self.facts.values() for fact in here), *self._users()]

    def take(self, fact: Fact, sketch: Sketch, *, is_repeat_wanted: bool) -> None:
        """Add a fact; a second one of the same achievement only where that is wanted."""
        here = self.facts.setdefault((fact.kind, fact.achievement), [])
        if here and not is_repeat_wanted:
            return
        if any(replace(known, id="") == replace(fact, id="") for known in here):
            return
        fact = replace(fact, id=f"{fact.id}.{len(here) + 1}") if here else fact
        here.append(fact)
        self.sketches.append((sketch, fact))
        used = sketch.get(USED)
        for name in used if isinstance(used, tuple) else ():
            self.used.setdefault(name, []).append(fact.id)

    def new_key(self) -> str:
        """Return the key of an achievement that nothing names."""
        return f"item-{sum(len(here) for here in self.facts.values()) + 1}"

    def _users(self) -> Iterator[Award]:
        own = {self.stack.key, *self.stack.supersedes}
        facts = {fact.id: fact for _, fact in self.sketches}
        for name, ids in self.used.items():
            key = f"earlier-{name}" if name in own or name.isdigit() else name
            on = max(facts[i].on for i in ids)
            attributes = (("type", (name,)),)
            yield Award(
                f"award-{key}", key, on, instant(on), attributes=attributes, counted=tuple(ids)
            )

    def fact(self, place: Place, sketch: Sketch, size: Decimal) -> Fact:
        """Return what ``sketch`` says as a fact that adds ``size`` at ``place``."""
        key = str(sketch.get("achievement") or self.new_key())
        started = _day(sketch, "started")
        on = _day(sketch, "on") or self.inventor.day + place.rank * GAP
        on = max(on, started or on)
        recorded = instant(_day(sketch, "recorded") or on)
        attributes = tuple(
            (name, (value,))
            for name, value in sketch.items()
            if name not in _BUILT_IN and isinstance(value, Value)
        )
        if place.kind == "attestation":
            return Attestation(key, key, on, recorded, attributes=attributes)
        worth = self._credits(key, sketch, size if place.unit == "credits" else Decimal(1))
        if place.kind == "award":
            return Award(key, key, on, recorded, worth, attributes=attributes)
        return Completion(
            key,
            key,
            on,
            recorded,
            worth,
            self._grade(place, sketch),
            started_on=started or on,
            attributes=attributes,
        )

    def _credits(self, key: str, sketch: Mapping[str, Said], size: Decimal) -> Decimal:
        worth, text = sketch.get("credits"), self.stack.definitions.achievements.get(key)
        if isinstance(worth, Decimal):
            return worth
        return text.credits if text is not None and text.credits else size

    def _grade(self, place: Place, sketch: Sketch) -> Grade | None:
        grade, scale = sketch.get("grade"), place.scale()
        if isinstance(grade, Grade) or scale is None:
            return _grade_or_none(grade)
        return _grade_or_none(self.inventor.grades(scale, Decimal(0))[0])

    def points(self, place: Place, key: str, size: Decimal) -> Sketch:
        """Return the grade that adds ``size`` points, where that is what counts at ``place``."""
        scale = place.scale()
        factor = dict(getattr(place.node, "factors", ())).get(key, Decimal(1))
        has_mean = any(isinstance(clause, Mean) for clause in place.clauses)
        if place.unit != "points" or scale is None or not factor or has_mean:
            return {}
        if scale in self.stack.definitions.scales:
            return {}
        low, high = scale_bounds(scale)
        grade = (size / factor).quantize(TENTH, ROUND_CEILING)
        return {"grade": Grade(min(high, max(low, grade)), scale)}


def _grade_or_none(said: object) -> Grade | None:
    return said if isinstance(said, Grade) else None


def _day(sketch: Mapping[str, Said], name: str) -> date | None:
    said = sketch.get(name)
    return None if said is None else date.fromisoformat(str(said))


def instant(day: date) -> datetime:
    """Return the start of a day."""
    return datetime.combine(day, time.min, UTC)
