"""From what a learner has back to plain data, in the format that ``parse_record`` reads."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal

from stacking_rules.definitions import Definitions
from stacking_rules.facts import Attributes, Award, Fact, LearnerRecord, Value

Plain = dict[str, object]


def write_record(record: LearnerRecord, definitions: Definitions | None = None) -> Plain:
    """Return the facts of ``record`` and what is known of the learner, as it is written.

    Reading it with the same ``definitions`` gives an equal record. Exceptions, pins and
    applications are not written: they belong to a learner, not to an example.
    """
    known = definitions or Definitions()
    lists: dict[str, list[Plain]] = {
        "completions": [_fact("achievement", fact, known) for fact in record.completions],
        "awards": [_fact("award", fact, known) for fact in record.awards],
        "attestations": [_fact("statement", fact, known) for fact in record.attestations],
    }
    found: Plain = {name: facts for name, facts in lists.items() if facts}
    events = {name: day.isoformat() for name, day in record.learner.events}
    about = {"attributes": _attributes(record.learner.attributes), "events": events}
    learner = {name: said for name, said in about.items() if said}
    return found | ({"learner": learner} if learner else {})


def _fact(name: str, fact: Fact, definitions: Definitions) -> Plain:
    item: Plain = {"id": fact.id, name: fact.achievement, "on": fact.on.isoformat()}
    if fact.started_on is not None:
        item["started"] = fact.started_on.isoformat()
    if fact.valid_until is not None:
        item["valid_until"] = fact.valid_until.isoformat()
    if fact.recorded_at != datetime.combine(fact.on, time.min, UTC):
        item["recorded_at"] = fact.recorded_at.isoformat()
    if fact.kind != "attestation":
        item["credits"] = _number(fact.credits)
    if fact.credit_kind:
        item["credit_kind"] = fact.credit_kind
    if fact.grade is not None:
        item["grade"] = fact.grade.text or _number(fact.grade.value)
        item["scale"] = fact.grade.scale
    if fact.state != "done":
        item["state"] = fact.state
    item |= _of_award(fact) if isinstance(fact, Award) else {}
    attributes = _attributes(fact.attributes) | _unsaid(fact, definitions)
    return item | ({"attributes": attributes} if attributes else {})


def _of_award(fact: Award) -> Plain:
    found: Plain = {"counted": list(fact.counted)} if fact.counted else {}
    if fact.is_banked:
        found["banked"] = True
    if fact.carried:
        found["carried"] = _number(fact.carried)
    return found


def _unsaid(fact: Fact, definitions: Definitions) -> Plain:
    """Return as unknown what is declared of the achievement and not known of this fact."""
    text = definitions.achievements.get(fact.achievement)
    if fact.kind != "completion" or text is None:
        return {}
    return {name: None for name, _ in text.attributes if fact.values(name) is None}


def _attributes(attributes: Attributes) -> Plain:
    return {
        name: _value(values[0]) if len(values) == 1 else [_value(value) for value in values]
        for name, values in attributes
    }


def _value(value: Value) -> object:
    return _number(value) if isinstance(value, Decimal) else value


def _number(value: Decimal) -> object:
    return int(value) if value == int(value) else value
