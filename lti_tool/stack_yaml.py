"""Stack documents as YAML for people: compact, exact, and read by ``stack_text`` as it was."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WIDTH = 100
SHORT = 110
"""Characters, with marks, of what stands on one line; what holds a whole rule never does."""


class _Dumper(yaml.SafeDumper):
    """Writes decimals as exact numbers, days as they are, and quotes text that looks like one."""

    def represent_data(self, data: Any) -> Any:
        """Return the node of ``data``: on one line where it is short."""
        node = super().represent_data(data)
        if isinstance(node, yaml.CollectionNode):
            text = repr(data).replace("Decimal('", "")
            node.flow_style = len(text) <= SHORT and "'requires': " not in text
        return node

    def ignore_aliases(self, _data: Any) -> bool:
        """Write what occurs twice twice: ``stack_text`` accepts no aliases."""
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    if _DAY.fullmatch(value):
        return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value)
    style = "'" if _is_number(value) else None
    if not value.replace("\n", "").isprintable():
        style = '"'  # with escapes: the emitter folds lines at breaks that are none elsewhere
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _is_number(value: str) -> bool:
    """Return whether a bare ``value`` may be read as a number: more than YAML says."""
    try:
        Decimal(value)
    except InvalidOperation:
        return False
    return True


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _text)


def dump(data: object) -> str:
    """Return plain data as YAML; what is short stands on one line."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
