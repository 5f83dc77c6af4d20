"""Files of a competency framework, whichever of the three kinds they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lti_tool.sources import case_package, digcomp, esco
from lti_tool.sources.framework_files import (
    LARGEST_FILE,
    LONGEST_NAME,
    Framework,
    Placed,
    check_framework,
    language,
    refuse,
    text,
    uri,
)
from lti_tool.sources.framework_tables import header


class Kind(StrEnum):
    """The kinds of frameworks that can be read."""

    CASE = "case"
    DIGCOMP = "digcomp"
    ESCO = "esco"


@dataclass(frozen=True, slots=True)
class Stated:
    """What the person who imports states beside the files, "" for nothing."""

    language: str = ""
    title: str = ""
    version: str = ""
    licence: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class ReadFramework:
    """A framework that hangs together, where its items stand, and the SHA-256 of it all."""

    framework: Framework
    placed: Mapping[str, Placed]
    content_hash: str


def read_framework(
    files: Mapping[str, bytes], kind: Kind | None = None, stated: Stated | None = None
) -> ReadFramework:
    """Return what files say, by name; ``kind`` None finds out. Nothing is stored.

    ``InvalidInputError`` (code ``framework-file``) names the place and the reason of the first
    thing that is wrong.
    """
    said = stated or Stated()
    if not files:
        refuse("files", "there are none")
    if sum(len(raw) for raw in files.values()) > LARGEST_FILE:
        refuse(next(iter(files)), f"the files are larger than {LARGEST_FILE:,} bytes")
    found = _stated(_read(files, kind or _kind_of(files), said), said)
    return ReadFramework(found, check_framework(found), _hash(files, said))


def _read(files: Mapping[str, bytes], kind: Kind, said: Stated) -> Framework:
    tongue = language(said.language, "--language", "") or None
    if kind is Kind.ESCO:
        return esco.read_esco(files, language_of_file=tongue)
    if kind is Kind.DIGCOMP:
        return digcomp.read_digcomp(files, language_of_file=tongue)
    if len(files) > 1:
        refuse(list(files)[1], "a CASE package is one file")
    name, raw = next(iter(files.items()))
    return case_package.read_case(case_package.read_package(name, raw), language_of_file=tongue)


def _kind_of(files: Mapping[str, bytes]) -> Kind:
    kinds = {_kind_of_file(name, raw) for name, raw in files.items()}
    if len(kinds) > 1:
        refuse(next(iter(files)), "these files are of several kinds of frameworks")
    return kinds.pop()


def _kind_of_file(name: str, raw: bytes) -> Kind:
    if raw.lstrip()[:1] == b"{":
        if case_package.is_case(case_package.read_package(name, raw)):
            return Kind.CASE
        refuse(name, "this JSON is no CASE package: there is no CFDocument")
    columns = header(name, raw)
    if esco.is_esco(columns):
        return Kind.ESCO
    if digcomp.is_digcomp(columns):
        return Kind.DIGCOMP
    return refuse(name, "this is neither a CASE package nor a table of DigComp or ESCO; say --as")


def _stated(found: Framework, said: Stated) -> Framework:
    return replace(
        found,
        title=text(said.title, "--title", longest=LONGEST_NAME) or found.title,
        version=text(said.version, "--version", longest=100) or found.version,
        licence=text(said.licence, "--licence", longest=LONGEST_NAME) or found.licence,
        uri=uri(said.uri, "--uri") if said.uri else found.uri,
    )


def _hash(files: Mapping[str, bytes], said: Stated) -> str:
    digest = hashlib.sha256(repr(said).encode())
    for name, raw in sorted(files.items()):
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(raw).digest())
    return digest.hexdigest()
