"""Put a mutant into effect in the running process, where the engine is already loaded."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tools.mutation.mutants import Function, Mutant, Top

Place = tuple[str, str, int]
"""A function: file, qualified name, first line."""


class CannotApplyError(Exception):
    """The mutant is no program: it does not compile or cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a module, and the names that it reads when the module is loaded."""

    module: ModuleType
    node: Top
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Live:
    """What is loaded of the engine: its functions, and the statements that give names values."""

    functions: dict[Place, list[FunctionType]]
    statements: Sequence[Statement]

    def readers(self, name: str, value: object) -> list[Statement]:
        """Return the statements that read ``value``, called ``name``, when they are loaded."""
        named = (found for found in self.statements if name in found.reads)
        return [found for found in named if vars(found.module).get(name) is value]

    def holders(self, module: str, mutant: Mutant) -> set[str]:
        """Return the modules that hold what ``mutant`` changes when they are loaded.

        Of a function that is run only then: those that hold what was made by it.
        """
        top, values = mutant.unit.top, vars(sys.modules[f"stacking_rules.{module}"])
        found: set[str] = set()
        for name in _names(top):
            if not mutant.runs:
                found |= self._holders(name, values[name])
            elif isinstance(top, Function):
                found |= self._made_of(name, values[name])
        return found

    def _holders(self, name: str, value: object) -> set[str]:
        holding = {
            found.module for found in self.statements if vars(found.module).get(name) is value
        }
        return {module.__name__.rpartition(".")[2] for module in holding} | self._made_of(
            name, value
        )

    def _made_of(self, name: str, value: object) -> set[str]:
        found: set[str] = set()
        for reader in self.readers(name, value):
            for made in _names(reader.node):
                found |= self._holders(made, vars(reader.module)[made])
        return found


def live(folder: Path) -> Live:
    """Return what is loaded that is written in ``folder``, functions however they are wrapped."""
    functions: dict[Place, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and folder.as_posix() in thing.__code__.co_filename:
            functions.setdefault(_place(thing.__code__), []).append(thing)
    files = {module: getattr(module, "__file__", None) or "" for module in _modules()}
    inside = [module for module, file in files.items() if Path(file).parent == folder]
    return Live(functions, [found for module in inside for found in _statements(module)])


def _modules() -> list[ModuleType]:
    return [module for module in sys.modules.values() if isinstance(module, ModuleType)]


def _statements(module: ModuleType) -> Iterator[Statement]:
    tree = ast.parse(Path(module.__file__ or "").read_bytes())
    for node in tree.body:
        if isinstance(node, Top):
            yield Statement(module, node, frozenset(_reads(node)) - frozenset(_names(node)))


def _names(node: Top) -> list[str]:
    """Return the names that ``node`` gives values to."""
    if isinstance(node, ast.ClassDef | Function):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [
        part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
    ]


def _reads(node: ast.AST) -> Iterator[str]:
    """Yield the names that ``node`` reads when it is loaded: not bases, not bodies of functions."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    children = ast.iter_child_nodes(node)
    if isinstance(node, Function):
        children = iter([*node.args.defaults, *filter(None, node.args.kw_defaults)])
    elif isinstance(node, ast.ClassDef):
        children = iter(node.body)
    elif isinstance(node, ast.AnnAssign):
        children = iter(filter(None, [node.value]))
    for child in children:
        yield from _reads(child)


def _place(code: CodeType) -> Place:
    return str(Path(code.co_filename).resolve()), code.co_qualname, code.co_firstlineno


def apply(mutant: Mutant, tree: ast.Module, file: Path, loaded: Live) -> None:
    """Make ``mutant`` effective; ``tree`` is the one that it was found in, of ``file``."""
    mutant.put()
    try:
        code = compile(ast.fix_missing_locations(tree), str(file.resolve()), "exec")
    except (SyntaxError, ValueError) as error:
        raise CannotApplyError(str(error)) from error
    if not mutant.runs:
        _load_again(mutant, file, loaded)
        return
    changed = 0
    for part in _inside(code):
        for function in loaded.functions.get(_place(part), ()):
            if _is_of(mutant, part):
                _replace(function, part)
                _make_again(function.__name__, function, loaded)
                changed += 1
    if not changed:
        raise CannotApplyError(f"{mutant.unit.name} is not loaded")


def _is_of(mutant: Mutant, code: CodeType) -> bool:
    return code.co_qualname == mutant.unit.name


def _replace(function: FunctionType, code: CodeType) -> None:
    try:
        function.__code__ = code
    except ValueError as error:
        raise CannotApplyError(str(error)) from error


def _inside(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _inside(part)


# -- what takes effect when the module is loaded ---------------------------------------------


def _load_again(mutant: Mutant, file: Path, loaded: Live) -> None:
    """Run the changed statement once more, and then all that was made of its value."""
    module = sys.modules[f"stacking_rules.{file.stem}"]
    for name, value in _run(Statement(module, mutant.unit.top, frozenset())):
        _make_again(name, value, loaded)


def _make_again(name: str, value: object, loaded: Live) -> None:
    """Run once more what read ``value`` when it was loaded, and what was made of that in turn.

    Otherwise a changed row of ``forms.STACK`` changes nothing: phrases are compiled from
    ``forms.FORMS``, which was made of STACK when the module was loaded and still holds the right
    row. Every mutant of such a table survived.
    """
    for reader in loaded.readers(name, value):
        for made, new in _run(reader):
            _make_again(made, new, loaded)


def _run(statement: Statement) -> list[tuple[str, Any]]:
    """Run a statement, put what came of it in the place of the old, and return what changed."""
    module, before = statement.module, dict(vars(statement.module))
    top = ast.fix_missing_locations(ast.Module([statement.node], []))
    try:
        exec(compile(top, str(module.__file__), "exec"), vars(module))  # noqa: S102
    except Exception as error:
        raise CannotApplyError(repr(error)) from error
    made = {name: new for name, new in vars(module).items() if new is not before.get(name)}
    return [(name, _put(module, name, before.get(name), new)) for name, new in made.items()]


def _put(module: ModuleType, name: str, old: Any, new: Any) -> Any:
    """Put ``new`` in the place of ``old``, a class or function into the old one; return it."""
    if isinstance(new, type):
        _take_defaults(old, new)
    elif isinstance(new, FunctionType) and isinstance(old, FunctionType):
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    else:
        _bind_again(name, old, new)
        return new
    setattr(module, name, old)
    return old


def _bind_again(name: str, old: object, new: object) -> None:
    for module in _modules():
        if vars(module).get(name) is old:
            setattr(module, name, new)


def _take_defaults(old: Any, new: Any) -> None:
    for name, made in vars(new).items():
        function = vars(old).get(name)
        if isinstance(made, FunctionType) and isinstance(function, FunctionType):
            was = function.__kwdefaults__ or {}
            now = made.__kwdefaults__ or {}
            function.__defaults__, function.__kwdefaults__ = made.__defaults__, now or None
            changed = {key: now[key] for key in now if was.get(key) != now[key]}
            if name == "__init__" and changed:
                _inherit(old, changed)


def _inherit(parent: Any, changed: dict[str, Any]) -> None:
    for child in type.__subclasses__(parent):
        defaults = child.__init__.__kwdefaults__ or {}
        defaults.update({key: value for key, value in changed.items() if key in defaults})
        _inherit(child, changed)
