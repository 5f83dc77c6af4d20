"""A target that fails at once: how ``make fuzz`` tells of a find."""

from __future__ import annotations

import sys

import atheris


def fail(data: bytes) -> None:
    """Fail for every input but the empty one, which comes first."""
    if data:
        raise ValueError("this target always fails")


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *sys.argv[2:]], fail)
    atheris.Fuzz()
