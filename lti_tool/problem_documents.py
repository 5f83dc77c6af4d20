"""Problem documents (RFC 9457) as plain data: what every door answers to a machine."""

from __future__ import annotations

from collections.abc import Mapping

MEDIA_TYPE = "application/problem+json"


def problem_document(
    status: int,
    *,
    code: str,
    title: str,
    detail: str,
    errors: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Return a problem document; ``errors`` are messages by field name or JSON pointer."""
    document: dict[str, object] = {
        "type": f"urn:quoin:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        document["errors"] = [
            {"pointer": _pointer(name), "detail": message} for name, message in errors.items()
        ]
    return document


def _pointer(name: str) -> str:
    """Return a JSON pointer to a field; the whole input when no field is named."""
    if not name or name.startswith("/"):
        return f"#{name}"
    return "#/" + name.replace("~", "~0").replace("/", "~1")
