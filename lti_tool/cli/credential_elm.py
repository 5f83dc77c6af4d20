"""quoin credentials export-elm: credentials in the terms of the European Learning Model."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import open_database
from lti_tool.services.export_elm import export_elm


@click.command("export-elm")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--institution", help="Key of the institution; all of them without it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@friendly
def export_elm_command(folder: Path, institution: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Write every credential into DIR as a European Digital Credential (ELM 3, JSON-LD).

    They are not sealed: that takes the qualified certificate of the institution, in the tools of
    Europass.

    Example: quoin credentials export-elm europass --institution harbour
    """
    count = 0
    for file in export_elm(open_database(), institution):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8")
        count += 1
    told = json.dumps({"credentials": count}) if as_json else f"{count} credentials in {folder}"
    click.echo(told)
