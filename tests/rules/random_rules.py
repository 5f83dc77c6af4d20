"""Random rule sets and records, small and tight, that use every clause of the language."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

KEYS = tuple("abcdefg")
AS_OF = date(2026, 6, 30)
FEATURES = (
    "all", "any", "at-least", "none", "credits", "items", "points", "where", "grade", "overlay",
    "cap", "best", "least", "most", "portion", "distinct", "same", "mean", "window", "after",
    "together", "grace", "filter", "open", "once", "share", "bundle", "choice", "learner",
    "limit", "repeats", "equivalent", "accepted", "validity", "unknown", "award", "attested",
    "common-facts",
)  # fmt: skip


class Draw:
    """One random case: ``stack`` and ``record`` as plain data, and the ``features`` it uses."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.features: set[str] = set()
        self.wanted = FEATURES[seed % len(FEATURES)]
        self.stack: dict[str, Any] = {"key": "award", "requires": self.root()}
        self.terms()
        self.record = self.draw_record()

    def is_on(self, feature: str, chance: float = 0.12) -> bool:
        """Return whether to use a feature: the one this case is for, or by chance."""
        if feature == self.wanted or self.random.random() < chance:
            self.features.add(feature)
            return True
        return False

    # -- rules ------------------------------------------------------------------------------

    def root(self) -> dict[str, Any]:
        parts = [self.part(index) for index in range(self.random.randint(1, 3))]
        parts += [part for feature, part in self.extras() if self.is_on(feature)]
        if self.is_on("after") and len(parts) > 1:
            after: dict[str, Any] = {"of": f"/{parts[0]['id']}"}
            after["by"] = self.random.choice(["on", "started"])
            after["strict"] = self.random.random() < 0.3
            if self.can_hold(parts[1]):
                parts[1]["after"] = after
        node = self.group(parts)
        return self.bound(node)

    def extras(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the parts that ask for something else than an amount, by feature."""
        most, where = self.random.randint(0, 2), {"grade": {"at_most": 60}}
        awards = [{"award": "x"}, {"award": "y"}]
        return [
            ("none", {"id": "none", "none": [self.random.choice(KEYS)]}),
            ("learner", {"id": "learner", "learner": {"profession": "nurse"}}),
            ("limit", {"id": "limit", "at_most": {"items": most}, "where": where}),
            ("award", {"award": "x", "id": "award"}),
            ("attested", {"attested": "sworn", "id": "attested"}),
            ("common-facts", {"id": "awards", "items": 2, "of": awards}),
        ]

    def can_hold(self, part: dict[str, Any]) -> bool:
        return not {"none", "learner", "at_most", "if"} & part.keys()

    def group(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        if len(parts) > 1 and self.is_on("any", 0.15):
            return {"any": parts}
        if len(parts) > 1 and self.is_on("at-least", 0.15):
            return {"at_least": self.random.randint(1, len(parts)), "of": parts}
        self.features.add("all")
        return {"all": parts}

    def part(self, index: int) -> dict[str, Any]:
        if self.is_on("choice", 0.06):
            condition = self.random.choice(
                [{"learner": {"profession": "nurse"}}, {"completed": self.random.choice(KEYS)}]
            )
            choice = {"if": condition, "then": self.amount(""), "id": f"p{index}"}
            return choice | ({"else": self.amount("")} if self.random.random() < 0.5 else {})
        if self.random.random() < 0.2:
            keys = self.random.sample(KEYS, self.random.randint(1, 3))
            return {"id": f"p{index}", "any" if self.random.random() < 0.5 else "all": keys}
        return self.amount(f"p{index}")

    def amount(self, name: str) -> dict[str, Any]:
        unit = self.random.choice(["credits", "items"])
        if self.is_on("points", 0.05):
            unit = "points"
        self.features.add(unit)
        most = {"credits": 8, "items": 3, "points": 170}[unit]
        node: dict[str, Any] = {unit: self.random.randint(1, most)}
        node |= {"id": name} if name else {}
        if self.random.random() < 0.6:
            node["of"] = self.random.sample(KEYS, self.random.randint(2, 5))
        node |= self.choosing(unit)
        if self.is_on("best", 0.05):
            node["best"] = self.random.randint(1, 3)
        if name and self.is_on("open", 0.04):
            node["open"] = {"until": self.random.choice(["2026-06-30", "2026-07-01"])}
        return self.bound(node)

    def choosing(self, unit: str) -> dict[str, Any]:
        """Return what chooses among facts, and caps."""
        node: dict[str, Any] = {}
        if self.is_on("where"):
            node["where"] = self.test()
        if self.is_on("overlay"):
            node["use"] = "overlay"
        if unit != "points" and self.is_on("grade"):
            node["grade"] = self.random.choice([50, 60, 70])
        if unit != "points" and self.is_on("cap"):
            node["caps"] = [
                {"at_most": {self.cap_unit(unit): self.random.randint(0, 4)}, "where": self.test()}
                for _ in range(self.random.randint(1, 2))
            ]
        return node

    def cap_unit(self, unit: str) -> str:
        return unit if self.random.random() < 0.7 else "items"

    def test(self) -> dict[str, Any]:
        return self.random.choice(
            [
                {"color": "red"},
                {"color": ["red", "blue"]},
                {"level": {"at_least": 2}},
                {"home": True},
                {"not": {"home": True}},
                {"grade": {"at_least": 65}},
                {"any": [{"color": "blue"}, {"level": {"at_most": 1}}]},
            ]
        )

    def bound(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return ``node`` with some clauses on all that counts there."""
        some = self.random
        of_which = [entry for feature, entry in self.entries() if self.is_on(feature, 0.045)]
        if of_which:
            node["of_which"] = of_which
        within = {"within": {"months": some.choice([3, 6, 12])}}
        clauses: list[tuple[str, str, Any]] = [
            ("window", "window", within | {"from": some.choice(["on", "started"])}),
            ("together", "together", True),
            ("grace", "grace", some.choice([{"months": 3}, {"end_of": "year"}])),
            ("filter", "filters", [{"where": self.test()}]),
            ("once", "once", some.randint(1, 2)),
            ("bundle", "bundles", [{"of": some.sample(KEYS, 2)}]),
        ]
        node |= {name: clause for feature, name, clause in clauses if self.is_on(feature, 0.04)}
        if {"all", "any"} & node.keys() and self.is_on("share", 0.05):
            parts = [
                p["id"] for p in next(iter(node.values())) if isinstance(p, dict) and "id" in p
            ]
            if len(parts) > 1:
                limit = {some.choice(["items", "credits"]): some.randint(0, 3)}
                node["sharing"] = [{"between": parts[:2], "at_most": limit}]
        return node

    def entries(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what may be said of a part of what counts, by feature."""
        some = self.random
        unit, other = some.choice(["credits", "items"]), some.choice(["credits", "items"])
        share, name = some.choice(["1/2", "1/3", "3/4"]), some.choice(["share", "share_at_most"])
        return [
            ("least", {unit: some.randint(1, 4), "where": self.test()}),
            ("most", {"at_most": {other: some.randint(0, 4)}, "where": self.test()}),
            ("portion", {name: share, "unit": unit, "where": self.test()}),
            ("distinct", {"distinct": "area", "at_least": some.randint(1, 3)}),
            ("same", {"same": "area"}),
            ("mean", {"mean": some.choice([55, 65, 70]), "weight": other}),
        ]

    def terms(self) -> None:
        if self.is_on("repeats"):
            self.stack["repeats"] = self.random.choice(["latest", "first", "none"])
        meanings: dict[str, Any] = {}
        if self.is_on("equivalent", 0.06):
            meanings["equivalent"] = [{"same": self.random.sample(KEYS, 2)}]
        if self.is_on("accepted", 0.06):
            one, other = self.random.sample(KEYS, 2)
            meanings["accepted"] = [{"for": one, "instead": other}]
        if meanings:
            self.stack["definitions"] = meanings

    # -- records ------------------------------------------------------------------------------

    def draw_record(self) -> dict[str, Any]:
        count = self.random.randint(3, 7)
        completions = [self.completion(index) for index in range(count)]
        record: dict[str, Any] = {
            "completions": completions,
            "learner": {"attributes": {"profession": self.random.choice(["nurse", "midwife"])}},
        }
        if self.features & {"award", "common-facts"}:
            ids = [completion["id"] for completion in completions]
            record["awards"] = [
                {
                    "id": f"w{key}",
                    "award": key,
                    "on": "2026-01-05",
                    "counted": self.random.sample(ids, 1),
                }
                for key in "xy"
                if self.random.random() < 0.85
            ]
        if "attested" in self.features and self.random.random() < 0.7:
            record["attestations"] = [{"statement": "sworn", "on": "2026-03-01"}]
        return record

    def completion(self, index: int) -> dict[str, Any]:
        some = self.random
        on = AS_OF - timedelta(days=some.randint(0, 500))
        fact: dict[str, Any] = {
            "id": f"c{index}",
            "achievement": some.choice(KEYS),
            "on": on.isoformat(),
            "started": (on - timedelta(days=some.randint(0, 200))).isoformat(),
            "credits": some.randint(1, 6) / 2 if some.random() < 0.5 else some.randint(1, 3),
            "grade": some.randint(45, 95),
            "attributes": {
                "color": some.choice(["red", "blue"]),
                "level": some.randint(1, 3),
                "home": some.random() < 0.5,
                "area": some.sample(["p", "q", "r"], some.randint(1, 2)),
            },
        }
        if self.is_on("validity", 0.05):
            fact["valid_until"] = (on + timedelta(days=some.randint(30, 600))).isoformat()
        if self.is_on("unknown", 0.02):
            lost = some.choice(["grade", "started", "color", "level"])
            (fact if lost in fact else fact["attributes"]).pop(lost)
        return fact
