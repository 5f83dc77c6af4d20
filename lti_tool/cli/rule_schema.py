"""quoin rules schema: the JSON Schema of a document, for editors and other programs."""

from __future__ import annotations

from importlib.resources import files

import click

from lti_tool.cli.rules import rules

SCHEMAS = {"stacks": "stack-document.json", "record": "record.json"}


@rules.command("schema")
@click.argument("document", type=click.Choice(list(SCHEMAS)), default="stacks")
def rules_schema(document: str) -> None:
    """Print the JSON Schema (draft 2020-12) of stack documents, or of records.

    An editor with a YAML language server then completes and checks what is typed, once the
    document's first line is: # yaml-language-server: $schema=stacks.schema.json

    Example: quoin rules schema stacks > stacks.schema.json
    """
    file = files("lti_tool").joinpath("schemas", SCHEMAS[document])
    click.echo(file.read_text("utf-8"), nl=False)
