"""The canonical form of a document (RDFC-1.0): what is hashed before it is signed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from lti_tool.credentials.contexts import load_context
from lti_tool.credentials.resolver import processed, resolver
from lti_tool.errors import InvalidInputError

FORMAT = "application/n-quads"
NOWHERE = "https://relative.invalid/"
"""What relative names are resolved against, so that they are found and refused."""


_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")


def canonize(document: dict[str, Any]) -> str:
    """Return ``document`` (JSON-LD) as canonical N-Quads.

    Contexts come from the pinned files alone. ``InvalidInputError`` for an unknown context, for
    one that stands in the document itself, and for a key, type or id that the contexts do not
    know: it would stand in the document and no signature would cover it. Whoever canonizes what
    a stranger sent sets limits to time and memory: a poisoned graph may take minutes.
    """
    _refuse_inline_contexts(document)
    return _quads(_expand(document))


def _refuse_inline_contexts(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _refuse_inline_contexts(item)
    elif isinstance(node, dict):
        named = node.get("@context", [])
        named = named if isinstance(named, list) else [named]
        if not all(isinstance(context, str) for context in named):
            raise InvalidInputError(
                "The document brings a JSON-LD context of its own.", code="inline-context"
            )
        for key, value in node.items():
            if key != "@context":
                _refuse_inline_contexts(value)


def _expand(document: dict[str, Any]) -> list[Any]:
    try:
        expanded: list[Any] = _processor().expand(document, _options())
    except jsonld.JsonLdError as error:
        if isinstance(error.__cause__, InvalidInputError):
            raise error.__cause__ from None
        raise InvalidInputError("The document is no JSON-LD.", code="json-ld") from None
    for name in _names(expanded):
        # PyLD leaves out whatever hangs on a name that is no IRI: no signature would cover it.
        if not _IRI.fullmatch(name) or name.startswith(NOWHERE):
            raise _unknown(name.removeprefix(NOWHERE))
    return expanded


def _quads(expanded: list[Any]) -> str:
    dataset = _processor().to_rdf(expanded, {**_options(), "produceGeneralizedRdf": False})
    text: str = URDNA2015().main(dataset, {"algorithm": "URDNA2015", "format": FORMAT})
    return text


class _Processor(jsonld.JsonLdProcessor):  # type: ignore[misc] # PyLD has no types
    """Remembers what the contexts of types make of the contexts around them.

    PyLD processes such a context anew for every node of the type, which is most of its work.
    Contexts are told apart by their identity, as the resolver does it.
    """

    def _process_context(
        self, active_ctx: Any, local_ctx: Any, options: Any, *rest: Any, **named: Any
    ) -> Any:
        if rest or named.get("propagate", True) or not isinstance(local_ctx, dict):
            return super()._process_context(active_ctx, local_ctx, options, *rest, **named)
        known, key = processed(), (id(active_ctx), id(local_ctx))
        found = known.get(key)
        if found is None:
            result = super()._process_context(active_ctx, local_ctx, options, **named)
            # The contexts are kept with it, so that nothing else gets their identity.
            found = known[key] = (result, active_ctx, local_ctx)
        return found[0]


def _processor() -> Any:
    return _Processor(on_property_dropped=_refuse)


def _options() -> dict[str, Any]:
    return {
        "base": NOWHERE,
        "documentLoader": load_context,
        "contextResolver": resolver(),
    }


def _refuse(name: str | None) -> None:
    raise _unknown(name or "")


def _unknown(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"The contexts of the document do not know '{name[:100]}'.", code="unknown-term"
    )


def _names(node: Any) -> Iterator[str]:
    """Yield every id, type and type of a value of an expanded document."""
    if isinstance(node, list):
        for item in node:
            yield from _names(item)
    elif isinstance(node, dict):
        if isinstance(node.get("@id"), str):
            yield node["@id"]
        if "@value" in node:
            yield from (name for name in [node.get("@type", "@json")] if name != "@json")
            return
        yield from node.get("@type", ())
        for key, value in node.items():
            if key not in ("@id", "@type"):
                yield from _names(value)
