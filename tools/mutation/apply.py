"""Put a mutant into effect in the running process, where the engine is already loaded."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tools.mutation.mutants import Mutant

Place = tuple[str, str, int]
"""A function: file, qualified name, first line."""


class CannotApplyError(Exception):
    """The mutant is no program: it does not compile or cannot be loaded."""


def live_functions(folder: Path) -> dict[Place, list[FunctionType]]:
    """Return every loaded function that is written in ``folder``, however it is wrapped."""
    found: dict[Place, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and folder.as_posix() in thing.__code__.co_filename:
            found.setdefault(_place(thing.__code__), []).append(thing)
    return found


def _place(code: CodeType) -> Place:
    return str(Path(code.co_filename).resolve()), code.co_qualname, code.co_firstlineno


def apply(
    mutant: Mutant, tree: ast.Module, file: Path, live: dict[Place, list[FunctionType]]
) -> None:
    """Make ``mutant`` effective; ``tree`` is the one that it was found in, of ``file``."""
    mutant.put()
    try:
        code = compile(ast.fix_missing_locations(tree), str(file.resolve()), "exec")
    except (SyntaxError, ValueError) as error:
        raise CannotApplyError(str(error)) from error
    if not mutant.runs:
        _load_again(mutant, file)
        return
    changed = 0
    for part in _inside(code):
        for function in live.get(_place(part), ()):
            if _is_of(mutant, part):
                _replace(function, part)
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


def _load_again(mutant: Mutant, file: Path) -> None:
    """Run the changed statement once more, and put what came of it in the place of the old."""
    module = sys.modules[f"stacking_rules.{file.stem}"]
    names = dict(vars(module))
    top = ast.fix_missing_locations(ast.Module([mutant.unit.top], []))
    try:
        exec(compile(top, str(file), "exec"), names)  # noqa: S102
    except Exception as error:
        raise CannotApplyError(repr(error)) from error
    for name, new in names.items():
        old = vars(module).get(name)
        if new is old or name.startswith("__"):
            continue
        if isinstance(new, type):
            _take_defaults(old, new)
        elif isinstance(new, FunctionType) and isinstance(old, FunctionType):
            old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
        else:
            _bind_again(name, old, new)


def _bind_again(name: str, old: object, new: object) -> None:
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and vars(module).get(name) is old:
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
