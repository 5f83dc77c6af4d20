"""quoin framework: competency frameworks, taken in from files, looked through, removed."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from lti_tool.cli.common import friendly
from lti_tool.cli.opening import carry_out, open_database, progress_bar
from lti_tool.errors import InvalidInputError
from lti_tool.services.import_framework import Imported, import_framework
from lti_tool.services.list_frameworks import list_frameworks
from lti_tool.services.remove_framework import remove_framework
from lti_tool.services.search_frameworks import MOST_RESULTS, search_frameworks
from lti_tool.services.show_framework import show_framework
from lti_tool.sources.framework_files import LARGEST_FILE
from lti_tool.sources.frameworks import Kind, Stated, read_framework

PATH = click.Path(exists=True, path_type=Path)
LONG = 2000
"""Items from which on a bar shows how far an import is."""

institution_option = click.option("--institution", required=True, help="Key of the institution.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")


@click.group("framework")
def framework() -> None:
    """Look after competency frameworks: CASE packages, DigComp, ESCO."""


@framework.command("import")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--institution", help="Key of the institution that the framework is of.")
@click.option("--shared", is_flag=True, help="For all institutions of this tool.")
@click.option("--as", "kind", type=click.Choice([kind.value for kind in Kind]))
@click.option("--language", default="", help="Language of the texts, if the files do not say it.")
@click.option("--title", default="", help="Title, if that of the files is not to stand.")
@click.option("--version", default="", help="Version, if the files do not say it (ESCO).")
@click.option("--licence", default="", help="Licence, if the files do not say it.")
@click.option("--uri", default="", help="Address of the framework, if it is another.")
@click.option("--older", is_flag=True, help="Take it even if a newer version is here.")
@json_option
@friendly
def framework_import(
    files: tuple[Path, ...],
    institution: str | None,
    shared: bool,  # noqa: FBT001
    kind: str | None,
    older: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    **stated: str,
) -> None:
    """Take in a framework, or a newer version of one that is here.

    FILE is a CASE package (JSON), or the tables (CSV) of DigComp or ESCO, all those of one
    framework at once, also as a folder. All of it is taken in, or nothing: what is broken off is
    begun again. What is aligned stays so; items that vanished are marked as withdrawn.

    Example: quoin framework import skills_en.csv skills_sv.csv --shared --version 1.2.0
    """
    if shared == (institution is not None):
        raise click.UsageError("Say --institution KEY, or --shared for all institutions.")
    read = read_framework(_contents(files), Kind(kind) if kind else None, Stated(**stated))
    values: dict[str, Any] = {"institution_key": institution, "takes_older": older}
    if len(read.placed) < LONG or as_json:
        done = carry_out(import_framework, read, **values)
    else:
        with progress_bar("items", len(read.placed)) as advance:
            done = carry_out(import_framework, read, progress=advance, **values)
    click.echo(json.dumps(asdict(done), default=str) if as_json else _told(done))


def _contents(paths: tuple[Path, ...]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in paths:
        inside = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        for file in inside:
            if file.name in found:
                raise InvalidInputError(f"{file.name} is given twice.", code="framework-file")
            if file.stat().st_size > LARGEST_FILE:
                raise InvalidInputError(
                    f"{file.name}: it is larger than {LARGEST_FILE:,} bytes", code="framework-file"
                )
            found[file.name] = file.read_bytes()
    return found


def _told(done: Imported) -> str:
    if done.is_unchanged:
        return f"{done.title} is here already, unchanged ({done.uuid})"
    return (
        f"{done.title}: {done.added} items added, {done.known} brought up to date, "
        f"{done.withdrawn} withdrawn; {done.links} links ({done.uuid})"
    )


@framework.command("list")
@institution_option
@json_option
@friendly
def framework_list(institution: str, as_json: bool) -> None:  # noqa: FBT001
    """List the frameworks of an institution and those that are shared.

    Example: quoin framework list --institution harbour
    """
    rows = list_frameworks(open_database(), institution_key=institution)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], default=str))
        return
    for row in rows:
        shared = ", shared" if row.is_shared else ""
        click.echo(f"{row.uuid}  {row.title} {row.version}".rstrip() + shared)
        click.echo(
            f"    {row.items} items, {row.alignments} alignments; "
            f"{row.licence or 'no licence stated'}; {row.uri}"
        )


@framework.command("show")
@click.argument("uuid", type=click.UUID)
@institution_option
@click.option("--language", help="Texts in this language, where there are any.")
@json_option
@friendly
def framework_show(
    uuid: UUID,
    institution: str,
    language: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show a framework as a tree. UUID is the one that "list" shows.

    Example: quoin framework show 8f0e… --institution harbour --language sv
    """
    found = show_framework(open_database(), uuid, institution_key=institution, language=language)
    if as_json:
        click.echo(json.dumps(asdict(found), default=str, ensure_ascii=False))
        return
    click.echo(f"{found.title} {found.version}".rstrip())
    for item in found.items:
        mark = " (withdrawn)" if item.is_withdrawn else ""
        click.echo(f"{'  ' * (item.depth + 1)}{item.code} {item.name}{mark}".rstrip())
        click.echo(f"{'  ' * (item.depth + 1)}  {item.uri}")
    if found.attribution:
        click.echo(found.attribution)


@framework.command("search")
@click.argument("words")
@institution_option
@click.option("--framework", "chosen", type=click.UUID, help="In this framework alone.")
@click.option("--language", help="In texts of this language alone.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, MOST_RESULTS))
@json_option
@friendly
def framework_search(
    words: str,
    institution: str,
    chosen: UUID | None,
    language: str | None,
    limit: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Find items by WORDS, a code or an address; the best come first.

    Example: quoin framework search "evaluate information" --institution harbour --language en
    """
    found = search_frameworks(
        open_database(),
        words,
        institution_key=institution,
        framework=chosen,
        language=language,
        limit=limit,
    )
    if as_json:
        rows = [asdict(item) | {"score": _score(item.score)} for item in found]
        click.echo(json.dumps(rows, default=str, ensure_ascii=False))
        return
    for item in found:
        click.echo(f"{item.code} {item.name}".strip())
        click.echo(f"    {item.uri}  {item.framework}")
    for attribution in dict.fromkeys(item.attribution for item in found if item.attribution):
        click.echo(attribution)
    if not found:
        click.echo("Nothing fits.")


def _score(score: float) -> float | None:
    """Return a score as JSON has it; None for an exact code or address."""
    return None if score == float("inf") else round(score, 1)


@framework.command("remove")
@click.argument("uuid", type=click.UUID)
@click.option("--institution", help="Key of the institution that the framework is of.")
@click.option("--shared", is_flag=True, help="It is one of all institutions.")
@friendly
def framework_remove(uuid: UUID, institution: str | None, shared: bool) -> None:  # noqa: FBT001
    """Remove a framework that nothing is aligned with.

    Example: quoin framework remove 8f0e… --institution harbour
    """
    if shared == (institution is not None):
        raise click.UsageError("Say --institution KEY, or --shared for one of all institutions.")
    title = carry_out(remove_framework, uuid, institution_key=institution)
    click.echo(f"{title} is removed.")
