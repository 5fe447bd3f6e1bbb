"""Mutants: the source of a module with one small thing wrong, such as `<` for `<=`. A good test turns red for each.

Ours, in the standard library alone: mutmut 3 leaves what is outside functions as it is (thresholds, patterns,
queries), cosmic-ray writes each mutant to the disk and starts the tests anew for it, and neither knows modes of
rounding or SQL. A mutant here is compiled in memory, in a child of a process that has imported everything else.
"""

import ast
import copy
import decimal
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitOr,
}  # fmt: skip
ROUNDED = {name: value for name, value in vars(decimal).items() if name.startswith("ROUND_")}
CALLED = {"max": "min", "min": "max", "any": "all", "all": "any"}
PASSED_ON = {"abs", "sorted", "round", "int", "reversed"}  # called for what they do to their first argument
CUT_OFF = {"strip", "lstrip", "rstrip", "upper", "lower", "casefold", "normalize", "split"}
EMPTIED = {"tuple": "()", "list": "[]", "sorted": "[]", "dict": "{}", "set": "set()", "sum": "0"}
SQL = {
    " <= ": " < ", " >= ": " > ", " < ": " <= ", " > ": " >= ", " = ": " <> ", " AND ": " OR ", "IS NULL": "IS NOT NULL",
    "LEFT JOIN": "JOIN", " + ": " - ", "'UTC'": "'Asia/Manila'", "DISTINCT ": "", "COALESCE(": "NULLIF(",
}  # fmt: skip
PATTERN = {"+": ("*", ""), "*": ("+", ""), "?": ("", "+"), "^": ("",), "$": ("",), "|": ("",)}
QUERY = re.compile(r"\b(SELECT|FROM|JOIN)\b")
LONG = 400
NUMERIC = re.compile(r"[0-9]+(\.[0-9]+)?")


class Mutant(NamedTuple):
    """One small thing that is wrong. It is known by its texts, which stay when lines move; `again` counts like ones."""

    at: str  # the function, such as "Ledger.settle"
    line: str  # the statement it is in
    was: str
    now: str
    again: int

    def __str__(self) -> str:
        change = f"⟦{self.was} → {self.now}⟧"
        changed = self.line.replace(self.was, change, 1) if self.was in self.line else f"{self.line[:40]}… {change}"
        return f"{self.at or 'module'}: {changed}" + f" ({self.again})" * (self.again > 1)


@dataclass
class Slot:
    """A place in the tree that holds a node, and what it is in."""

    node: ast.AST
    put: Callable[[ast.AST], None]
    at: str
    line: str


def mutants(source: str) -> list[Mutant]:
    """Return all mutants of a source, in its order."""
    return [mutant for mutant, _tree in _all(ast.parse(source))]


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """Return the tree of one mutant of this source. KeyError when it is not there (any more)."""
    for found, tree in _all(ast.parse(source)):
        if found == mutant:
            return ast.fix_missing_locations(copy.deepcopy(tree))
    raise KeyError(mutant)


def _all(tree: ast.Module) -> Iterator[tuple[Mutant, ast.Module]]:
    """Yield each mutant with the tree as it is for that moment."""
    seen: Counter[tuple[str, ...]] = Counter()
    for slot in list(_slots(tree, "", "")):
        for other in _others(slot.node):
            texts = (slot.at, slot.line[:LONG], *_apart(_text(slot.node), _text(other)))
            if texts[2] == texts[3]:
                continue
            seen[texts] += 1
            slot.put(ast.copy_location(other, slot.node))
            yield Mutant(*texts, seen[texts]), tree
            slot.put(slot.node)


# Places --------------------------------------------------------------------------------------------------------------


def _slots(node: ast.AST, at: str, line: str) -> Iterator[Slot]:
    """Walk a tree in its order, without annotations, decorators, imports and docstrings: they change nothing that runs."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params", "bases", "ctx"):
            continue
        children = value if isinstance(value, list) else [value]
        for place, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_still(child):
                continue
            put = _putter(node, name, place if isinstance(value, list) else None)
            here = f"{at}.{child.name}".lstrip(".") if isinstance(child, _Scope) else at
            said = _headline(child) if isinstance(child, ast.stmt) else line
            yield Slot(child, put, here, said)
            yield from _slots(child, here, said)


_Scope = ast.FunctionDef | ast.ClassDef


def _is_still(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'")
    return isinstance(node, ast.Import | ast.ImportFrom | ast.TypeAlias | ast.Assert | ast.Pass)


def _putter(parent: ast.AST, name: str, place: int | None) -> Callable[[ast.AST], None]:
    def put(node: ast.AST) -> None:
        if place is None:
            setattr(parent, name, node)
        else:
            getattr(parent, name)[place] = node

    return put


def _headline(statement: ast.stmt) -> str:
    """Return a statement without its body."""
    bare = copy.copy(statement)
    for name in ("body", "orelse", "finalbody", "handlers", "decorator_list"):
        if hasattr(bare, name):
            setattr(bare, name, [])
    return ast.unparse(bare).strip()


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.stmt):
        return _headline(node)
    return " ".join(ast.unparse(node).split())


def _apart(was: str, now: str) -> tuple[str, str]:
    """Return two texts as they are, or of long ones what differs with a little around it."""
    if len(was) < LONG:
        return was, now
    first = _alike(was, now)
    last = min(_alike(was[::-1], now[::-1]), len(was) - first, len(now) - first)
    return was[max(first - 24, 0) : len(was) - last + 12], now[max(first - 24, 0) : len(now) - last + 12]


def _alike(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


# What may be wrong ---------------------------------------------------------------------------------------------------


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what could be written by mistake where this node is."""
    for kind, wrong in WRONG.items():
        if isinstance(node, kind):
            yield from wrong(node)


def _with(node: Any, **fields: Any) -> Any:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for place, sign in enumerate(node.ops):
        for other in COMPARED[type(sign)]:
            yield _with(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])
    for place, compared in enumerate(node.comparators):
        if isinstance(compared, ast.Constant) and isinstance(compared.value, str) and compared.value:
            text = ast.Constant(compared.value + "_")
            yield _with(node, comparators=[*node.comparators[:place], text, *node.comparators[place + 1 :]])


def _arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    texts = (ast.JoinedStr, ast.Constant)
    if not any(isinstance(s, texts) and not _is_figure(s) for s in (node.left, node.right)):
        yield _with(node, op=COUNTED[type(node.op)]())


def _is_figure(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _added(node: ast.AugAssign) -> Iterator[ast.AST]:
    yield _with(node, op=COUNTED[type(node.op)]())
    yield ast.Pass()


def _both(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for place in range(len(node.values)):
        rest = node.values[:place] + node.values[place + 1 :]
        yield rest[0] if len(rest) == 1 else _with(node, values=rest)


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _condition(node: ast.If) -> Iterator[ast.AST]:
    yield _with(node, test=ast.Constant(True))
    yield _with(node, test=ast.Constant(False))


def _either(node: ast.IfExp) -> Iterator[ast.AST]:
    yield node.body
    yield node.orelse


def _filter(node: ast.comprehension) -> Iterator[ast.AST]:
    for place in range(len(node.ifs)):
        yield _with(node, ifs=node.ifs[:place] + node.ifs[place + 1 :])


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node.value, str) and QUERY.search(node.value):
        yield from _queries(node.value)


def _queries(text: str) -> Iterator[ast.Constant]:
    for found in re.finditer("|".join(map(re.escape, SQL)), text):
        yield ast.Constant(text[: found.start()] + SQL[found[0]] + text[found.end() :])


def _name(node: ast.Name | ast.Attribute) -> Iterator[ast.AST]:
    name = node.id if isinstance(node, ast.Name) else node.attr
    if name in ROUNDED and isinstance(node.ctx, ast.Load):
        yield from (ast.Constant(value) for other, value in ROUNDED.items() if other != name)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in CALLED:
        yield _with(node, func=ast.Name(CALLED[name], ast.Load()))
    if name in PASSED_ON and node.args:
        yield node.args[0]
    if name == "sorted" and not any(keyword.arg == "reverse" for keyword in node.keywords):
        yield _with(node, keywords=[*node.keywords, ast.keyword("reverse", ast.Constant(True))])
    if method in CUT_OFF and isinstance(node.func, ast.Attribute):
        yield node.func.value
    if name == "Decimal" or "compile" in (name, method) or method.endswith("match") or method in ("sub", "search"):
        yield from _of_texts(node, name == "Decimal")
    for place, keyword in enumerate(node.keywords):
        if keyword.arg and not (isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool)):
            yield _with(node, keywords=node.keywords[:place] + node.keywords[place + 1 :])


def _of_texts(node: ast.Call, is_figure: bool) -> Iterator[ast.AST]:
    """Yield the call with the last digit of its text one more, or with a sign of its pattern another."""
    for place, text in enumerate(node.args):
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            for other in _next_figure(text.value) if is_figure else _patterns(text.value):
                yield _with(node, args=[*node.args[:place], ast.Constant(other), *node.args[place + 1 :]])


def _next_figure(text: str) -> Iterator[str]:
    if NUMERIC.fullmatch(text):
        figure = decimal.Decimal(text)
        yield str(figure + decimal.Decimal((0, (1,), figure.as_tuple().exponent)))


def _patterns(text: str) -> Iterator[str]:
    """Yield patterns that differ in one sign and can still be compiled."""
    for found in re.finditer(r"(?<!\\)[+*^$|]|(?<![(\\])\?|\{(\d+)(?:,(\d+))?\}", text):
        if found[0][0] == "{":
            signs = _repeated(*(int(number) for number in found.groups() if number))
        else:
            signs = PATTERN[found[0]]
        for sign in signs:
            other = text[: found.start()] + sign + text[found.end() :]
            if _is_pattern(other):
                yield other


def _repeated(least: int, most: int | None = None) -> tuple[str, ...]:
    if most is None:
        return (f"{{{least + 1}}}", f"{{{least - 1}}}", f"{{{least},}}")
    return (f"{{{least},{most + 1}}}", f"{{{least},{most - 1}}}", f"{{{least - 1},{most}}}")


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _expression(node: ast.Expr) -> Iterator[ast.AST]:
    yield ast.Pass()


def _assignment(node: ast.Assign) -> Iterator[ast.AST]:
    """Yield nothing in its place where the name or the attribute is there without it."""
    kept = {ast.unparse(target) for target in node.targets if isinstance(target, ast.Name)}
    used = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    if kept & used or any(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield ast.Pass()


def _loop(node: ast.For) -> Iterator[ast.AST]:
    yield _with(node, iter=ast.Tuple([], ast.Load()))


def _returned(node: ast.Return) -> Iterator[ast.AST]:
    value = node.value
    if value is None or (isinstance(value, ast.Constant) and value.value in (None, True, False)):
        return
    name = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else type(value).__name__
    empty = EMPTIED | {"List": "[]", "ListComp": "[]", "Tuple": "()", "Dict": "{}", "DictComp": "{}"}
    yield ast.Return(_parsed(empty.get(name, "None")))


WRONG: dict[Any, Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BinOp: _arithmetic,
    ast.AugAssign: _added,
    ast.BoolOp: _both,
    ast.UnaryOp: _sign,
    ast.If: _condition,
    ast.While: lambda node: [_with(node, test=ast.Constant(False))],
    ast.IfExp: _either,
    ast.comprehension: _filter,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _name,
    ast.Call: _call,
    ast.Expr: _expression,
    ast.Assign: _assignment,
    ast.For: _loop,
    ast.Return: _returned,
    ast.Raise: lambda node: [ast.Pass()],
    ast.Continue: lambda node: [ast.Pass()],
    ast.Break: lambda node: [ast.Pass()],
}
