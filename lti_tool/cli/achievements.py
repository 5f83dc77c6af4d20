"""quoin achievement: say what an achievement is, in the European standard elements and beyond."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from lti_tool.awarding import read_grade
from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.lazy import LazyGroup
from lti_tool.cli.opening import carry_out, open_database
from lti_tool.credentials.element_lint import lint_elements
from lti_tool.credentials.element_text import Description, read_descriptions, to_data
from lti_tool.credentials.european import missing
from lti_tool.credentials.pictures import LARGEST, Picture, read_picture
from lti_tool.errors import InvalidInputError, NotFoundError
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.list_descriptions import CatalogueEntry, list_descriptions
from lti_tool.services.set_rubric_levels import set_rubric_levels
from lti_tool.stack_text import load
from lti_tool.stack_yaml import dump

file_type = click.Path(exists=True, dir_okay=False)
institution_option = click.option("--institution", required=True, help="Key of the institution.")


ALIGNING = {name: f"lti_tool.cli.alignments:{name}" for name in ("align", "unalign", "alignments")}


@click.group(cls=LazyGroup, lazy=ALIGNING)
def achievement() -> None:
    """Say what achievements are: outcomes, level, workload, assessment, picture, alignments."""


@achievement.command("describe")
@click.argument("file", type=file_type)
@institution_option
@click.option("--despite", default="", help="Why European elements may be missing; it is kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def describe(file: str, institution: str, despite: str, as_json: bool) -> None:  # noqa: FBT001
    """Describe achievements by a FILE in YAML; what it says replaces what was said before.

    Credentials that are issued from now on say it; those that were issued stay as they are.
    Pictures (PNG, SVG) are named in the file, relative to it.

    Example: quoin achievement describe achievements.yaml --institution harbour
    """
    descriptions = read_descriptions(read_text(file))
    pictures = {
        each.key: _picture(Path(file).parent / each.image, each)
        for each in descriptions
        if each.image
    }
    told = carry_out(
        describe_achievements,
        institution_key=institution,
        descriptions=descriptions,
        pictures=pictures,
        despite=despite,
    )
    if as_json:
        click.echo(json.dumps([asdict(each) for each in told], ensure_ascii=False))
        return
    for each in told:
        mark = f"description {each.number}" if each.is_new else "unchanged"
        reason = f" (elements are missing: {each.despite})" if each.despite else ""
        click.echo(f"{each.key}: {mark}{reason}")


@achievement.command("levels")
@click.argument("key")
@click.argument("levels", nargs=-1)
@institution_option
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def levels(key: str, levels: tuple[str, ...], institution: str, as_json: bool) -> None:  # noqa: FBT001
    """Give the achievement KEY rubric LEVELS, each a label and a grade; none takes them away.

    Who records the competency chooses from them. What was recorded keeps its grade.

    Example: quoin achievement levels sql Excellent=95 Sound=70 --institution harbour
    """
    read = [_level(one) for one in levels]
    carry_out(set_rubric_levels, institution_key=institution, achievement_key=key, levels=read)
    if as_json:
        click.echo(json.dumps([{"label": label, "grade": str(grade)} for label, grade in read]))
        return
    click.echo("\n".join(f"{label}: {grade}" for label, grade in read) or f"{key}: no levels")


def _level(text: str) -> tuple[str, Decimal]:
    label, mark, grade = text.rpartition("=")
    value = read_grade(grade) if mark else None
    if value is None:
        raise InvalidInputError(f"Write a level as LABEL=GRADE, not '{text}'.", field="levels")
    return label.strip(), value


@achievement.command("show")
@click.argument("key")
@institution_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of YAML.")
@friendly
def show(key: str, institution: str, as_json: bool) -> None:  # noqa: FBT001
    """Show what the achievement KEY says of itself, as a file that describes it again.

    Example: quoin achievement show data-basics --institution harbour --json
    """
    found = next(
        (one for one in list_descriptions(open_database(), institution) if one.key == key), None
    )
    if found is None:
        raise NotFoundError(f"There is no achievement '{key}' at '{institution}'.")
    if as_json:
        click.echo(json.dumps(_entry(found), ensure_ascii=False))
    elif found.elements is None:
        click.echo(f"# '{key}' is not described yet: quoin achievement describe FILE")
    else:
        document = {"quoin-achievements": 1, "achievements": {key: to_data(found.elements)}}
        click.echo(dump(document), nl=False)
        if found.image_hash:
            click.echo("    # It has a picture, which a file names: image: FILE.svg")


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as it is printed; ``line`` is 0 where there is no file."""

    file: str
    line: int
    key: str
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.severity}: {self.code}: {self.key}: {self.message}"


@achievement.command("lint")
@click.argument("file", type=file_type, required=False)
@click.option("--institution", help="Check with its catalogue; without FILE what it has.")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
@friendly
def lint(file: str | None, institution: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Check descriptions: what is missing, and what looks wrong. Exit code 1 on errors.

    Example: quoin achievement lint achievements.yaml --institution harbour
    """
    if file is None and institution is None:
        raise click.UsageError("Give a FILE, an --institution, or both.")
    entries = list_descriptions(open_database(), institution) if institution else None
    found = _stored(entries or []) if file is None else _in_file(file, entries)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in found], ensure_ascii=False))
    for line in () if as_json else found:
        click.echo(str(line))
    if any(line.severity == "error" for line in found):
        raise SystemExit(1)


def _picture(path: Path, description: Description) -> Picture:
    try:
        with path.open("rb") as opened:
            return read_picture(opened.read(LARGEST + 1))
    except OSError:
        raise InvalidInputError(
            f"The picture {path} of '{description.key}' cannot be read.", code="picture"
        ) from None
    except InvalidInputError as error:
        raise InvalidInputError(f"{path}: {error.message}", code=error.code) from None


def _entry(found: CatalogueEntry) -> dict[str, Any]:
    elements = found.elements
    lacking = missing(elements, credit_amount=found.credits) if elements else ()
    return {
        "id": str(found.uuid),
        "key": found.key,
        "name": found.name,
        "description": found.description,
        "credits": str(found.credits),
        "elements": None if elements is None else to_data(elements),
        "number": found.number,
        "image": found.image_hash or None,
        "missing": [each.code for each in lacking],
        "despite": found.despite or None,
        "described_at": found.described_at and found.described_at.isoformat(),
    }


def _in_file(file: str, entries: list[CatalogueEntry] | None) -> list[Line]:
    text = read_text(file)
    descriptions, (_, positions) = read_descriptions(text), load(text)
    known = None if entries is None else {each.key: each.credits for each in entries}
    found = []
    for each in descriptions:
        line = positions[f"/achievements/{each.key}"][0]
        # Without a catalogue nobody knows the credits: one whose kind is named has some.
        amount = Decimal(bool(each.elements.credit_kind)) if known is None else known.get(each.key)
        if amount is None:
            message = "There is no such achievement in the catalogue."
            found.append(Line(file, line, each.key, "error", "unknown-achievement", message))
            continue
        findings = lint_elements(each.elements, credit_amount=amount)
        # The hours of a credit can only be judged by the true credits.
        kept = [f for f in findings if known is not None or f.code != "workload-unlikely"]
        found += [Line(file, line, each.key, f.severity, f.code, f.message) for f in kept]
    return found


def _stored(entries: Sequence[CatalogueEntry]) -> list[Line]:
    return [
        Line("catalogue", 0, each.key, f.severity, f.code, f.message)
        for each in entries
        if each.elements is not None
        for f in lint_elements(each.elements, credit_amount=each.credits)
        if f.code.removeprefix("missing-").replace("-", "_") not in each.excused
    ]
