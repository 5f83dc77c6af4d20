"""What the sentences of one rule share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lti_tool.rule_reading.amounts import grade_words
from lti_tool.translating import _, listed
from stacking_rules.definitions import Scale


@dataclass(frozen=True, slots=True)
class Reader:
    """Names of achievements by key and of parts of the rule by address; the declared scales."""

    names: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """Return what an achievement is called."""
        return self.names.get(key, key)

    def listed(self, keys: Sequence[str], *, joint: str = "and") -> str:
        """Return achievements by their names as a list in a sentence."""
        return listed([self.name(key) for key in keys], joint=joint)

    def part(self, address: str) -> str:
        """Return what people call a part of the rule; without a name it is called by its id."""
        return self.parts.get(address) or address.rpartition("/")[2] or _("The whole rule")

    def grade(self, value: Decimal, scale: str) -> str:
        """Return a grade as its scale names it, or as a number of its scale."""
        known = self.scales.get(scale)
        named = None if known is None else known.worth(value, scale)
        if named is None:
            return grade_words(value, scale)
        return _("{value} on the {scale} scale", value=named.text, scale=scale)
