"""Every small way to break a file: one change of its text each, found by its syntax tree. Runs nothing.

The operators are a table of small functions from a node to replacements. Left alone is what no test of
behaviour should see: docstrings, annotations, imports, decorators, `__all__`.
"""

import ast
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from bench.mutation.literals import in_literal

_AROUND = 24  # bytes of the line that are told on either side of a change
_MOST_TOLD = 110


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: bytes `start` to `end` of the file become `new`; `lines` are those of its statement."""

    line: int
    start: int
    end: int
    new: str
    lines: tuple[int, int]

    def applied(self, source: bytes) -> bytes:
        """The file with this one change."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def told(self, source: bytes) -> str:
        """`old -> new` with a little of the line around it: tells one change of a file from all others."""
        first = max(source.rfind(b"\n", 0, self.start) + 1, self.start - _AROUND)
        last = min(source.find(b"\n", self.end), self.end + _AROUND)
        before, after = source[first : self.start], source[self.end : last]
        old, new = before + source[self.start : self.end] + after, before + self.new.encode() + after
        return f"{_line(old)} -> {_line(new)}"


def mutants_of(source: bytes) -> list[Mutant]:
    """All mutants of a file that still compile, in the order of its lines; the same at every run."""
    tree = ast.parse(source)
    asking = ast.If | ast.IfExp | ast.While
    conditions = {id(node.test) for node in ast.walk(tree) if isinstance(node, asking)}
    place = _places(source)
    found: dict[tuple[int, int, str], Mutant] = {}
    for node, lines in _nodes(tree):
        start, end = place(node)
        changes = [(start, end, _text(changed, node)) for operator in OPERATORS for changed in operator(node)]
        if id(node) in conditions and not isinstance(node, ast.Constant):
            changes += [(start, end, "True"), (start, end, "False")]
        if isinstance(node, ast.Call):
            changes += [(*_with_comma(source, *place(named)), "") for named in node.keywords]
        if isinstance(node, ast.Constant | ast.JoinedStr):
            written = source[start:end].decode()
            changes += [(start + at, start + to, new) for at, to, new in in_literal(written)]
        for first, last, new in changes:
            mutant = Mutant(source.count(b"\n", 0, first) + 1, first, last, new, lines)
            if (first, last, new) not in found and _compiles(mutant.applied(source)):
                found[first, last, new] = mutant
    return sorted(found.values(), key=lambda mutant: (mutant.start, mutant.end, mutant.new))


def _places(source: bytes) -> Callable[[ast.AST], tuple[int, int]]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(node: ast.AST) -> tuple[int, int]:
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    return place


def _with_comma(source: bytes, start: int, end: int) -> tuple[int, int]:
    comma = re.compile(rb"\s*,\s*").match(source, end)
    return start, comma.end() if comma else end


def _line(text: bytes) -> str:
    told = " ".join(text.decode(errors="ignore").split())
    return told if len(told) <= _MOST_TOLD else f"{told[: _MOST_TOLD - 40]} ... {told[-35:]}"


def _nodes(node: ast.AST, lines: tuple[int, int] = (1, 1)) -> Iterator[tuple[ast.AST, tuple[int, int]]]:
    """Nodes that may change, each with the lines of the statement (of a compound one: its head) around it."""
    if isinstance(node, ast.Import | ast.ImportFrom) or _is_aside(node):
        return
    if isinstance(node, ast.stmt):
        body = getattr(node, "body", None)
        lines = (node.lineno, max(node.lineno, body[0].lineno - 1) if body else node.end_lineno)
    if isinstance(node, ast.expr | ast.stmt):
        yield node, lines
    if isinstance(node, ast.JoinedStr):
        return  # positions inside are those of the whole before Python 3.12
    for name, value in ast.iter_fields(node):
        if name not in {"annotation", "returns", "decorator_list"}:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child, lines)


def _is_aside(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "__all__"
    if not isinstance(node, ast.Expr):
        return False
    is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return is_text or ast.unparse(node.value).startswith("crashpoint(")


def _text(changed: ast.AST, node: ast.AST) -> str:
    text = ast.unparse(changed)
    alone = isinstance(node, ast.stmt) or isinstance(changed, ast.Constant | ast.Name)
    return text if alone else f"({text})"


def _compiles(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _but(node: ast.AST, **changed: object) -> ast.AST:
    copy = deepcopy(node)
    for name, value in changed.items():
        setattr(copy, name, value)
    return copy


# ---------------------------------------------------------------- operators

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.LShift: ast.RShift,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    """`a < b` to `a <= b` and `a >= b`."""
    if isinstance(node, ast.Compare):
        for at, one in enumerate(node.ops):
            for other in _COMPARED[type(one)]:
                yield _but(node, ops=[*node.ops[:at], other(), *node.ops[at + 1 :]])


def _sum(node: ast.AST) -> Iterator[ast.AST]:
    """`a + b` to `a - b`, `-a` to `a`."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _SUMS:
        yield _but(node, op=_SUMS[type(node.op)]())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand


def _logic(node: ast.AST) -> Iterator[ast.AST]:
    """`a and b` to `a or b`, to `a` and to `b`."""
    if isinstance(node, ast.BoolOp):
        yield _but(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for at in range(len(node.values)):
            rest = node.values[:at] + node.values[at + 1 :]
            yield _but(node, values=rest) if len(rest) > 1 else rest[0]


def _constant(node: ast.AST) -> Iterator[ast.AST]:
    """`1` to `2`, True to False, "x" to "" and "" to "XX"."""
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield ast.Constant(not value)
        elif isinstance(value, int | float):
            yield ast.Constant(value + 1)
        elif isinstance(value, str):
            yield ast.Constant("" if value else "XX")


def _formatted(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        yield ast.Constant("")


def _filter(node: ast.AST) -> Iterator[ast.AST]:
    """Leaves out the `if` of a comprehension."""
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        for at, loop in enumerate(node.generators):
            if loop.ifs:
                free = ast.comprehension(loop.target, loop.iter, [], loop.is_async)
                yield _but(node, generators=[*node.generators[:at], free, *node.generators[at + 1 :]])


def _statement(node: ast.AST) -> Iterator[ast.AST]:
    """Leaves out a call, a raise, a yield, a second assignment; turns `continue` into `break`, and back."""
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Delete) or _is_again(node):
        yield ast.Pass()
    if isinstance(node, ast.Break):
        yield ast.Continue()
    if isinstance(node, ast.Continue):
        yield ast.Break()
    if isinstance(node, ast.Return) and node.value and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))


def _is_again(node: ast.AST) -> bool:
    """`memory = recall(source, memory)`: leaving out a first assignment would only be a missing name."""
    if not isinstance(node, ast.Assign):
        return False
    return any(ast.unparse(node.targets[0]) == ast.unparse(name) for name in ast.walk(node.value))


def _call(node: ast.AST) -> Iterator[ast.AST]:
    """`min` to `max`, `any` to `all`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        yield _but(node, func=ast.Name(_CALLED[node.func.id]))


OPERATORS: tuple[Callable[[ast.AST], Iterator[ast.AST]], ...] = (
    _comparison, _sum, _logic, _constant, _formatted, _filter, _statement, _call,
)  # fmt: skip
