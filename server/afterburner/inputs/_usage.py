"""What a function's body does with each parameter and its items, as words: `iterates`, `whole number`, `.split`."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

from afterburner.core.target import FunctionNode

Path = tuple[str, ...]
"""A parameter, or something inside: `("a", "item", "0")` is the first part of the items of `a`."""
Uses = Mapping[Path, frozenset[str]]

_WHOLE = (ast.Mod, ast.FloorDiv, ast.LShift, ast.RShift, ast.BitXor)
_ITERATING = frozenset({"all", "any", "enumerate", "frozenset", "list", "map", "reversed", "set", "sorted", "tuple"})
_ITERATING |= {"deque", "Counter", "iter", "filter", "zip", "chain", "combinations", "permutations", "product"}
_NUMBERS = frozenset({"abs", "ceil", "floor", "log", "log10", "log2", "pow", "round", "sqrt"})
_WHOLE_CALLS = frozenset({"bin", "chr", "comb", "factorial", "gcd", "hex", "isqrt", "oct", "perm", "range"})
_BYTES_CALLS = frozenset({"unpack", "unpack_from", "iter_unpack", "crc32", "adler32", "b64encode", "from_bytes"})
_TEXT_CALLS = frozenset({"findall", "finditer", "fullmatch", "match", "search", "split", "strptime", "fromisoformat"})


def uses(function: FunctionNode) -> Uses:
    """Path → what is done with it. Names are followed through loops and plain assignments, without regard to order."""
    names = _Names(function)
    found: dict[Path, set[str]] = defaultdict(set)
    for node in ast.walk(function):
        for path, word in _observed(node, names):
            found[path].add(word)
    for path in names.bound.values():
        for length in range(2, len(path) + 1):
            found[path[: length - 1]].add(f"has {path[length - 1]}")
    return {path: frozenset(words) for path, words in found.items()}


class _Names:
    """Which local names stand for a parameter or for something inside it."""

    def __init__(self, function: FunctionNode) -> None:
        self.bound: dict[str, Path] = {a.arg: (a.arg,) for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        self.indices: set[str] = set()
        for _ in range(3):  # names that stand for names that stand for names
            for node in ast.walk(function):
                self._learn(node)

    def path(self, node: ast.AST | None) -> Path | None:
        """What an expression stands for, if it is a parameter or inside one."""
        match node:
            case ast.Name():
                return self.bound.get(node.id)
            case ast.Subscript():
                inner = self.path(node.value)
                if inner is None or isinstance(node.slice, ast.Slice):
                    return inner
                keyed = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
                return (*inner, "value" if keyed else "item")
            case ast.Call(func=ast.Name(id="sorted" | "list" | "reversed" | "iter" | "set"), args=[first, *_]):
                return self.path(first)
            case ast.Call(func=ast.Name(id="max" | "min" | "next"), args=[only]):
                inner = self.path(only)
                return (*inner, "item") if inner else None
        return None

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._bind(node.targets[0], self.path(node.value))
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            self._loop(node.target, node.iter)

    def _loop(self, target: ast.expr, over: ast.expr) -> None:
        match over, target:
            case ast.Call(func=ast.Name(id="range")), ast.Name():
                self.indices.add(target.id)
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]), ast.Tuple(elts=[ast.Name() as index, item]):
                self.indices.add(index.id)
                self._bind(item, self._item(inner))
            case ast.Call(func=ast.Name(id="zip"), args=parts), ast.Tuple(elts=targets):
                for part, item in zip(parts, targets, strict=False):
                    self._bind(item, self._item(part))
            case ast.Call(func=ast.Attribute(attr="items", value=inner)), ast.Tuple(elts=[key, value]):
                path = self.path(inner)
                self._bind(key, (*path, "key") if path else None)
                self._bind(value, (*path, "value") if path else None)
            case ast.Call(func=ast.Attribute(attr="values", value=inner)), _:
                path = self.path(inner)
                self._bind(target, (*path, "value") if path else None)
            case _:
                self._bind(target, self._item(over))

    def _item(self, over: ast.expr) -> Path | None:
        path = self.path(over)
        return (*path, "item") if path else None

    def _bind(self, target: ast.expr, path: Path | None) -> None:
        if path is None or len(path) > 4:
            return
        if isinstance(target, ast.Name):
            self.bound.setdefault(target.id, path)
        elif isinstance(target, ast.Tuple | ast.List):
            for number, part in enumerate(target.elts):
                self._bind(part, (*path, f"{number} of {len(target.elts)}"))


def _observed(node: ast.AST, names: _Names) -> Iterator[tuple[Path, str]]:
    match node:
        case ast.For() | ast.comprehension():
            yield from _said(names, node.iter, "iterates")
        case ast.Attribute():
            yield from _said(names, node.value, f".{node.attr}")
        case ast.Subscript():
            yield from _subscripted(node, names)
        case ast.BinOp():
            yield from _computed(node, names)
        case ast.AugAssign():
            yield from _computed(ast.BinOp(node.target, node.op, node.value), names)
        case ast.UnaryOp(op=ast.USub() | ast.Invert()):
            yield from _said(names, node.operand, "number")
        case ast.Compare():
            yield from _compared(node, names)
        case ast.Call():
            yield from _called(node, names)


def _said(names: _Names, node: ast.AST | None, word: str) -> Iterator[tuple[Path, str]]:
    path = names.path(node)
    if path:
        yield path, word
        if path[-1] in ("item", "value"):
            yield path[:-1], f"has {path[-1]}"


def _subscripted(node: ast.Subscript, names: _Names) -> Iterator[tuple[Path, str]]:
    part = node.slice
    if isinstance(part, ast.Slice):
        yield from _said(names, node.value, "slices")
        for bound in (part.lower, part.upper, part.step):
            yield from _said(names, bound, "whole number")
    elif isinstance(part, ast.Constant):
        yield from _said(names, node.value, "keys" if isinstance(part.value, str) else "indexes")
    elif (isinstance(part, ast.Name) and part.id in names.indices) or isinstance(part, ast.BinOp):
        yield from _said(names, node.value, "indexes")
    else:
        whole, index = names.path(node.value), names.path(part)
        own = whole is not None and index == (*whole, "item")
        yield from _said(names, node.value, "keyed by its items" if own else "looks up")
    yield from _said(names, part, "index")


def _computed(node: ast.BinOp, names: _Names) -> Iterator[tuple[Path, str]]:
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(other, ast.Constant) and isinstance(other.value, str):
            word = "text" if isinstance(node.op, ast.Add) else ""
        elif isinstance(other, ast.List | ast.ListComp):
            word = "list" if isinstance(node.op, ast.Add) else "whole number"
        elif isinstance(node.op, _WHOLE):
            word = "whole number"
        elif isinstance(node.op, ast.Div):
            word = "real number"
        elif isinstance(node.op, ast.Sub | ast.Mult | ast.Pow) or isinstance(other, ast.Constant):
            word = "number"
        else:
            word = "adds" if isinstance(node.op, ast.Add) else ""
        if word:
            yield from _said(names, one, word)


def _compared(node: ast.Compare, names: _Names) -> Iterator[tuple[Path, str]]:
    sides = [node.left, *node.comparators]
    for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
        if isinstance(op, ast.In | ast.NotIn):
            yield from _said(names, right, "contains")
            kinds = {type(n.value) for n in ast.walk(right) if isinstance(n, ast.Constant)}
            texts = isinstance(right, ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict) and kinds == {str}
            among = "character" if isinstance(right, ast.Constant) else "text"
            yield from _said(names, left, among if texts else "is looked for")
            continue
        for one, other in ((left, right), (right, left)):
            yield from _said(names, one, _kind(other, ordered=not isinstance(op, ast.Eq | ast.NotEq)))


def _kind(other: ast.expr, *, ordered: bool) -> str:
    if isinstance(other, ast.UnaryOp):
        other = other.operand
    if isinstance(other, ast.Constant):
        value = other.value
        if isinstance(value, bool) or value is None:
            return "nothing" if value is None else "truth"
        if isinstance(value, str):
            return "character" if len(value) == 1 else "text"
        return "real number" if isinstance(value, float) else "number"
    if isinstance(other, ast.Call) and isinstance(other.func, ast.Name) and other.func.id in ("len", "sum"):
        return "whole number" if other.func.id == "len" else "number"
    if isinstance(other, ast.BinOp):
        return "number"
    return "is ordered" if ordered else "is compared"


def _called(node: ast.Call, names: _Names) -> Iterator[tuple[Path, str]]:
    yield from _said(names, node.func, "is called")
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    for position, argument in enumerate(node.args):
        inner = argument.value if isinstance(argument, ast.Starred) else argument
        for word in _argument_words(name, position, node):
            if word.startswith("item: "):
                path = names.path(inner)
                if path:
                    yield (*path, "item"), word.removeprefix("item: ")
                    yield path, "iterates"
            else:
                yield from _said(names, inner, word)


def _argument_words(name: str, position: int, node: ast.Call) -> Iterator[str]:
    if name == "isinstance" and position == 0 and len(node.args) == 2:
        kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        yield from (f"is a {ast.unparse(kind)}" for kind in kinds)
    elif name == "ord":
        yield "character"
    elif name in _WHOLE_CALLS:
        yield "whole number"
    elif name in _NUMBERS:
        yield "number"
    elif name == "len":
        yield "has a length"
    elif name in ("sum", "fsum", "prod") and position == 0:
        yield "item: list" if len(node.args) == 2 and isinstance(node.args[1], ast.List) else "item: number"
    elif name == "join" and isinstance(node.func, ast.Attribute):
        yield "item: bytes" if ast.unparse(node.func.value).startswith("b") else "item: text"
    elif name == "map" and position == 1 and ast.unparse(node.args[0]) in ("int", "float"):
        yield "item: text"
    elif name in _BYTES_CALLS and position == len(node.args) - 1:
        yield "bytes"
    elif name in ("max", "min", *_ITERATING) and (name != "map" or position):
        yield "iterates" if name not in ("max", "min") or len(node.args) == 1 else "is ordered"
    elif name == "heapify":
        yield "list"
    elif (name in _TEXT_CALLS and position == 1) or (name in ("sub", "subn") and position == 2):
        yield "text"
