"""One fuzz target under atheris: ``python -m tests.fuzz.targets NAME [options of libFuzzer]``."""

from __future__ import annotations

import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["stacking_rules", "lti_tool"]):
    from tests.fuzz import checks, mutator, seeds


def main(name: str, options: list[str]) -> None:
    """Fuzz until the time is over; what fails ends the process with a reproducer."""
    check = checks.CHECKS[name]
    arguments = [sys.argv[0], *options]
    if name == "text":
        atheris.Setup(arguments, check)
    else:
        donors = mutator.Donors(checks.plain(data) for data in seeds.inputs(name))

        def mutate(data: bytes, most: int, seed: int) -> bytes:
            found = mutator.changed(checks.plain(data), Random(seed), donors)
            written = seeds.written(found)
            return written if len(written) <= most else data[:most]

        atheris.Setup(arguments, check, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
