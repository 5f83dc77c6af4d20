"""quoin bench: the figures behind our claims."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lti_tool.cli.common import friendly


@click.command()
@click.argument("name")
@friendly
def bench(name: str) -> None:
    """Run a benchmark of this checkout; one JSON line per figure.

    Example: quoin bench import
    """
    root = Path(__file__).resolve().parent.parent.parent
    if not (root / "benchmarks").is_dir():
        raise click.ClickException("Benchmarks are part of the source checkout, not of a release.")
    sys.path.insert(0, str(root))
    from benchmarks.harness import run

    sys.exit(run(name))
