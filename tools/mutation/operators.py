"""How one place of a syntax tree is made wrong: the operators of mutation."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import copy
from decimal import Decimal, InvalidOperation
from typing import Any

Variant = tuple[str, ast.AST]
"""The name of the operator and what stands in the node's place."""

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
}
CALLED = {"any": "all", "all": "any", "min": "max", "max": "min"}


def variants(node: ast.AST) -> Iterator[Variant]:
    """Yield everything that may wrongly stand in the place of ``node``."""
    for kind, make in MAKERS.items():
        if isinstance(node, kind):
            yield from make(node)


def _changed(node: ast.AST, **fields: Any) -> Any:
    found = copy(node)
    for name, value in fields.items():
        setattr(found, name, value)
    return found


def _compare(node: ast.Compare) -> Iterator[Variant]:
    for index, operator in enumerate(node.ops):
        for other in COMPARED[type(operator)]:
            operators = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield "comparison", _changed(node, ops=operators)


def _boolean(node: ast.BoolOp) -> Iterator[Variant]:
    yield "and-or", _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _unary(node: ast.UnaryOp) -> Iterator[Variant]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield "sign", node.operand


def _arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[Variant]:
    other = COMPUTED.get(type(node.op))
    if other is not None:
        yield "arithmetic", _changed(node, op=other())


def _constant(node: ast.Constant) -> Iterator[Variant]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", _changed(node, value=not value)
    elif isinstance(value, int):
        yield "constant", _changed(node, value=value + 1)
    elif isinstance(value, str) and not any(mark.isspace() for mark in value):
        # Texts with a space are sentences: their words are nobody's behaviour.
        yield "constant", _changed(node, value=f"1{value}" if _is_number(value) else f"{value}x")


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def _call(node: ast.Call) -> Iterator[Variant]:
    if isinstance(node.func, ast.Name) and node.func.id in CALLED:
        yield "call", _changed(node, func=_changed(node.func, id=CALLED[node.func.id]))


def _condition(node: ast.If | ast.IfExp) -> Iterator[Variant]:
    # A comparison or a "not" is turned round where it stands.
    test = node.test
    if not isinstance(test, ast.Compare) and not _is_not(test):
        yield (
            "condition",
            _changed(node, test=ast.copy_location(ast.UnaryOp(ast.Not(), test), test)),
        )


def _is_not(test: ast.expr) -> bool:
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _filter(node: ast.comprehension) -> Iterator[Variant]:
    for index in range(len(node.ifs)):
        yield "filter", _changed(node, ifs=[*node.ifs[:index], *node.ifs[index + 1 :]])


def _returned(node: ast.Return) -> Iterator[Variant]:
    if node.value is not None and not isinstance(node.value, ast.Constant):
        nothing = ast.copy_location(ast.Constant(None), node.value)
        yield "return", _changed(node, value=nothing)


def _removed(node: ast.stmt) -> Iterator[Variant]:
    yield "removal", ast.copy_location(ast.Pass(), node)


def _statement(node: ast.Expr) -> Iterator[Variant]:
    if not isinstance(node.value, ast.Constant):
        yield from _removed(node)


def _stored(node: ast.Assign) -> Iterator[Variant]:
    # Without a name the next line would only fail to find it.
    if isinstance(node.targets[0], ast.Attribute | ast.Subscript):
        yield from _removed(node)


def _case(node: ast.Match) -> Iterator[Variant]:
    for index in range(len(node.cases) if len(node.cases) > 1 else 0):
        yield "case", _changed(node, cases=[*node.cases[:index], *node.cases[index + 1 :]])


def _leap(node: ast.Break | ast.Continue) -> Iterator[Variant]:
    other = ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    yield "leap", ast.copy_location(other, node)


MAKERS: dict[Any, Callable[[Any], Iterator[Variant]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.BinOp | ast.AugAssign: _arithmetic,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.If | ast.IfExp: _condition,
    ast.comprehension: _filter,
    ast.Return: _returned,
    ast.Raise: _removed,
    ast.Expr: _statement,
    ast.Assign: _stored,
    ast.Match: _case,
    ast.Break | ast.Continue: _leap,
}
