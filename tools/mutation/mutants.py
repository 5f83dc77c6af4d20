"""All mutants of a module: where each one is, what it changes, and the key of its result."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field

from tools.mutation.operators import variants

Lines = tuple[int, int]
Function = ast.FunctionDef | ast.AsyncFunctionDef
Top = Function | ast.ClassDef | ast.Assign | ast.AnnAssign
"""A statement of a module that gives names values."""
PASSED_OVER = {
    ast.arg: {"annotation"},
    ast.AnnAssign: {"annotation", "target"},
    ast.FunctionDef: {"returns", "decorator_list"},
    ast.ClassDef: {"decorator_list", "bases"},
    ast.Raise: {"cause"},
}
"""What runs once, when the module is loaded, or not at all."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A function, the fields of a class or a statement of a module: what is changed as a whole.

    ``top`` is the statement of the module that it is in; ``digest`` is the hash of its text.
    """

    module: str
    name: str
    digest: str
    top: Top = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One place made wrong. ``lines`` are those of the place, ``around`` of its statement.

    ``runs`` says that it is in the body of a function; what is not (defaults, tables) takes effect
    when the module is loaded. ``place`` is where ``new`` goes: node, field and index.
    """

    key: str
    unit: Unit
    operator: str
    lines: Lines
    around: Lines
    was: str
    now: str
    runs: bool
    place: tuple[ast.AST, str, int | None] = field(compare=False, repr=False)
    new: ast.AST = field(compare=False, repr=False)

    def put(self) -> None:
        """Change the tree that the mutant was found in."""
        node, name, index = self.place
        if index is None:
            setattr(node, name, self.new)
        else:
            getattr(node, name)[index] = self.new


def mutants_of(module: str, tree: ast.Module) -> list[Mutant]:
    """Return the mutants of ``tree``, the syntax tree of ``module`` (its path), in its order."""
    found: list[Mutant] = []
    for unit, start, runs in _units(module, tree):
        counts: Counter[str] = Counter()
        for spot in _spots(start, runs=runs):
            for operator, new in variants(spot.node):
                counts[operator] += 1
                name = f"{unit.module}:{unit.name}:{unit.digest}:{operator}:{counts[operator]}"
                # Results of tables from before what is made of them is made again do not count.
                name += "" if runs or unit.top is not start else ":again"
                found.append(_mutant(_hash(name), unit, spot, operator, new))
    return found


def units_of(module: str, tree: ast.Module) -> set[tuple[str, str]]:
    """Return name and digest of every unit of ``tree``."""
    return {(unit.name, unit.digest) for unit, _, _ in _units(module, tree)}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _units(module: str, tree: ast.Module) -> Iterator[tuple[Unit, ast.stmt, bool]]:
    for top in tree.body:
        if isinstance(top, Function):
            yield _unit(module, top.name, top, top), top, True
        elif isinstance(top, ast.ClassDef):
            yield from _members(module, top)
        elif isinstance(top, ast.Assign | ast.AnnAssign) and _is_table(top):
            name = ast.unparse(top.targets[0] if isinstance(top, ast.Assign) else top.target)
            if not name.startswith("__"):
                yield _unit(module, name, top, top), top, False


def _is_table(top: ast.Assign | ast.AnnAssign) -> bool:
    """Say whether a statement holds values: not type aliases and variables."""
    value = top.value
    is_type = isinstance(value, ast.BinOp | ast.Subscript | ast.Name)
    return not is_type and not (isinstance(value, ast.Call) and "Var" in ast.unparse(value.func))


def _members(module: str, top: ast.ClassDef) -> Iterator[tuple[Unit, ast.stmt, bool]]:
    if any("Enum" in ast.unparse(base) for base in top.bases):
        fields: list[ast.stmt] = []
    else:
        fields = [part for part in top.body if isinstance(part, ast.AnnAssign)]
    for part in fields:
        name = f"{top.name}.{ast.unparse(part.target)}"  # type: ignore[attr-defined]
        yield _unit(module, name, part, top), part, False
    for part in top.body:
        if isinstance(part, Function):
            yield _unit(module, f"{top.name}.{part.name}", part, top), part, True


def _unit(module: str, name: str, part: ast.stmt, top: Top) -> Unit:
    """Return the unit ``part``; its hash is that of its text without comments and docstring."""
    text = ast.unparse(part)
    if isinstance(part, Function) and ast.get_docstring(part) is not None:
        rest = copy(part)
        rest.body = part.body[1:] or [ast.Pass()]
        text = ast.unparse(rest)
    return Unit(module, name, _hash(text), top)


# -- places -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """A node and where it hangs; ``around`` are the lines of its statement."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    around: Lines
    runs: bool


def _spots(start: ast.stmt, *, runs: bool) -> Iterator[Spot]:
    """Yield every place below ``start`` (not itself) at which something can be made wrong."""
    if not isinstance(start, Function):
        yield from _below(start, _lines(start), runs=runs)
        return
    yield from _below(start.args, _lines(start.args, start.lineno), runs=False)
    for index, part in enumerate(start.body):
        if not _is_text(start, part):
            yield Spot(part, start, "body", index, _header(part), runs)
            yield from _below(part, _header(part), runs=runs)


def _below(node: ast.AST, around: Lines, *, runs: bool) -> Iterator[Spot]:
    for name, index, child in _children(node):
        lines = around
        if isinstance(child, ast.stmt):
            lines = _header(child)
        elif hasattr(node, "body") and isinstance(node, ast.stmt):
            lines = _lines(child, around[0])
        elif isinstance(child, ast.match_case):
            lines = _lines(child.body[0])
        yield Spot(child, node, name, index, lines, runs)
        yield from _below(child, lines, runs=runs)


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    skipped = PASSED_OVER.get(type(node), set())
    for name, value in ast.iter_fields(node):
        if name in skipped:
            continue
        if isinstance(value, ast.AST):
            yield name, None, value
        elif isinstance(value, list):
            for index, part in enumerate(value):
                if isinstance(part, ast.AST) and not _is_text(node, part):
                    yield name, index, part


def _is_text(node: ast.AST, part: ast.AST) -> bool:
    """Say whether ``part`` is words alone: a docstring, or the fixed part of an f-string."""
    if isinstance(part, ast.Expr):
        return isinstance(part.value, ast.Constant)
    return isinstance(node, ast.JoinedStr) and isinstance(part, ast.Constant)


def _header(node: ast.stmt) -> Lines:
    """Return the lines of a statement; of one with a body, the first line."""
    return (node.lineno, node.lineno) if hasattr(node, "body") else _lines(node)


def _lines(node: ast.AST, default: int = 0) -> Lines:
    first = getattr(node, "lineno", default)
    return first, getattr(node, "end_lineno", None) or first


def _mutant(key: str, unit: Unit, spot: Spot, operator: str, new: ast.AST) -> Mutant:
    node, shown, after = spot.node, spot.node, new
    if isinstance(node, ast.Constant) and isinstance(spot.parent, ast.expr | ast.keyword):
        shown = spot.parent
        after = _with(spot.parent, spot.field, spot.index, new)
    return Mutant(
        key, unit, operator, _lines(node, spot.around[0]), spot.around,
        _text(shown), _text(after), spot.runs, (spot.parent, spot.field, spot.index), new,
    )  # fmt: skip


def _with(parent: ast.AST, name: str, index: int | None, new: ast.AST) -> ast.AST:
    fields = dict(ast.iter_fields(parent))
    old = fields[name]
    fields[name] = new if index is None else [*old[:index], new, *old[index + 1 :]]
    return type(parent)(**fields)


def _text(node: ast.AST) -> str:
    """Return ``node`` as one line of source, the header only of what has a body."""
    if isinstance(node, ast.Match):
        return "match: " + " | ".join(ast.unparse(case.pattern) for case in node.cases)
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    return ast.unparse(node).split("\n")[0]
