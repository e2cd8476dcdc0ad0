"""What types an expression may have, from hints, from what was seen, and from how it is built."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from afterburner.core.facts import Facts
from afterburner.core.target import FunctionNode

_SEQUENCES = {"sequence", "collection", "iterable", "mutablesequence", "container", "reversible"}
_UNKNOWN = {"any", "object", "t", "self"}
_TO_TEXT = {"join", "lower", "upper", "strip", "lstrip", "rstrip", "replace", "format", "title", "decode", "zfill"}
_METHODS_OF = {
    "dict": {"items", "keys", "values", "setdefault", "get"},
    "set": {"add", "discard", "issubset", "difference", "intersection", "union"},
    "str": {"lower", "upper", "startswith", "endswith", "strip", "split", "splitlines", "isdigit", "isalpha"},
}
_NUMBERS = ("int", "float", "bool", "complex")


@dataclass(frozen=True, slots=True)
class Kind:
    """A type with its arguments: `list[int]` is `Kind("list", (Kind("int"),))`."""

    name: str
    args: tuple[Kinds, ...] = ()


Kinds = frozenset[Kind]
UNKNOWN: Kinds = frozenset()
"""No idea: not the same as "no type"."""


def parsed(text: str) -> Kinds:
    """The kinds that a hint or description such as `list[int] | None` names."""
    try:
        return of_hint(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        return UNKNOWN


def of_hint(node: ast.expr | None) -> Kinds:
    """The kinds that a hint allows; empty when it says nothing."""
    match node:
        case ast.Constant(value=None):
            return frozenset({Kind("none")})
        case ast.Constant(value=str(text)):
            return parsed(text)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return either([of_hint(left), of_hint(right)])
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _named(name, ())
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            parts = [p for p in (inner.elts if isinstance(inner, ast.Tuple) else [inner]) if not _is_ellipsis(p)]
            if name == "Union":
                return either([of_hint(part) for part in parts])
            if name == "Optional":
                return either([of_hint(parts[0]), frozenset({Kind("none")})])
            return _named(name, tuple(of_hint(part) for part in parts))
    return UNKNOWN


def either(parts: Iterable[Kinds]) -> Kinds:
    """One of several; unknown as soon as one is."""
    found = list(parts)
    return frozenset().union(*found) if found and all(found) else UNKNOWN


def _named(name: str, args: tuple[Kinds, ...]) -> Kinds:
    lower = {"nonetype": "none", "deque": "deque", "text": "str"}.get(name.lower(), name.lower())
    if lower in _UNKNOWN or (len(name) == 1 and name.isupper()):
        return UNKNOWN
    return frozenset({Kind(lower, args)})


class Typing:
    """Answers for the expressions of one function."""

    def __init__(self, function: FunctionNode, facts: Facts) -> None:
        a = function.args
        self._parameters = {
            p.arg: of_hint(p.annotation) | either([parsed(t) for t in sorted(facts.types.get(p.arg, ()))])
            for p in [*a.posonlyargs, *a.args, *a.kwonlyargs]
        }
        self._values: dict[str, list[ast.expr]] = {}
        self._items: dict[str, list[ast.expr]] = {}
        if a.vararg:
            self._parameters[a.vararg.arg] = frozenset({Kind("tuple")})
        if a.kwarg:
            self._parameters[a.kwarg.arg] = frozenset({Kind("dict")})
        self._obscure: set[str] = set()
        for node in ast.walk(function):
            self._bind(node)
        self._used = _evidence(function)
        self._busy: set[str] = set()

    def could_be(self, node: ast.expr, *names: str) -> bool:
        """False only when the expression is known to be something else."""
        kinds = self.of(node)
        return not kinds or any(kind.name in names or self._vague(kind, names) for kind in kinds)

    def surely(self, node: ast.expr, *names: str) -> bool:
        """True only when the expression is known to be one of these."""
        kinds = self.of(node)
        return bool(kinds) and all(kind.name in names for kind in kinds)

    def hashable(self, node: ast.expr) -> bool:
        """False when some known type of the expression has no hash."""
        return not any(kind.name in ("list", "dict", "set", "bytearray", "deque") for kind in self.of(node))

    def items(self, node: ast.expr) -> Kinds:
        """The kinds of what iterating over the expression gives."""
        return either([_items_of(kind) for kind in self.of(node)])

    def items_could_be(self, node: ast.expr, *names: str) -> bool:
        kinds = self.items(node)
        return not kinds or any(kind.name in names for kind in kinds)

    def of(self, node: ast.expr) -> Kinds:
        """The kinds that an expression may have; empty when unknown."""
        match node:
            case ast.BoolOp(values=values):
                return either([self.of(value) for value in values])
            case ast.IfExp(body=body, orelse=orelse):
                return either([self.of(body), self.of(orelse)])
            case ast.BinOp():
                return self._operation(node)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Subscript(value=value, slice=ast.Slice()):
                return self.of(value)
            case ast.Subscript(value=value) if not self.surely(value, "dict"):
                return self.items(value)
            case ast.Call():
                return self._call(node)
            case ast.Attribute():
                return self._used.get(ast.unparse(node), UNKNOWN)
        return self._display(node)

    def _display(self, node: ast.expr) -> Kinds:
        """Literals, displays and comprehensions."""
        match node:
            case ast.Constant(value=value):
                return frozenset({Kind("none" if value is None else type(value).__name__)})
            case ast.JoinedStr():
                return frozenset({Kind("str")})
            case ast.List(elts=elts) | ast.Set(elts=elts):
                name = "list" if isinstance(node, ast.List) else "set"
                return frozenset({Kind(name, (either([self.of(item) for item in elts]),))})
            case ast.ListComp(elt=elt) | ast.SetComp(elt=elt):
                return frozenset({Kind("list" if isinstance(node, ast.ListComp) else "set", (self.of(elt),))})
            case ast.Tuple(elts=elts):
                return frozenset({Kind("tuple", tuple(self.of(item) for item in elts))})
            case ast.Dict() | ast.DictComp():
                return frozenset({Kind("dict")})
            case ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return frozenset({Kind("bool")})
        return UNKNOWN

    def _operation(self, node: ast.BinOp) -> Kinds:
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Mod) and self.surely(node.left, "str"):
            return left
        if left and right and all(k.name in _NUMBERS for k in left | right):
            if isinstance(node.op, ast.Div) or any(k.name == "float" for k in left | right):
                return frozenset({Kind("float")})
            return frozenset({Kind("int")})
        return left if left == right else UNKNOWN

    def _call(self, node: ast.Call) -> Kinds:
        match node:
            case ast.Call(func=ast.Name(id="list" | "sorted" | "set" | "frozenset" | "tuple" as name), args=[inner]):
                kind = "list" if name == "sorted" else name
                return frozenset({Kind(kind, (self.items(inner),) * (2 if kind == "tuple" else 1))})
            case ast.Call(func=ast.Name(id="list" | "set" | "dict" | "str" | "int" | "float" | "bytes" as name)):
                return frozenset({Kind(name)})
            case ast.Call(func=ast.Name(id="len" | "ord" | "hash")):
                return frozenset({Kind("int")})
            case ast.Call(func=ast.Name(id="range")):
                return frozenset({Kind("range", (frozenset({Kind("int")}),))})
            case ast.Call(func=ast.Name(id="zip" | "map" | "filter" | "enumerate" | "iter" | "reversed")):
                return frozenset({Kind("iterator")})
            case ast.Call(func=ast.Attribute(attr="split" | "splitlines" | "rsplit")):
                return frozenset({Kind("list", (frozenset({Kind("str")}),))})
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _TO_TEXT:
                return UNKNOWN if self.could_be(value, "bytes") and self.of(value) else frozenset({Kind("str")})
            case ast.Call(func=ast.Attribute(value=value, attr="copy"), args=[]):
                return self.of(value)
        return UNKNOWN

    def _name(self, name: str) -> Kinds:
        if name in self._busy or name in self._obscure:
            return UNKNOWN
        self._busy.add(name)
        try:
            parts = [self.of(value) for value in self._values.get(name, [])]
            parts += [self.items(value) for value in self._items.get(name, [])]
            if name in self._parameters:
                parts.append(self._parameters[name] or self._used.get(name, UNKNOWN))
            return either(parts)
        finally:
            self._busy.discard(name)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._values.setdefault(name, []).append(value)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self._values.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                operation = ast.BinOp(ast.Name(name, ast.Load()), op, value)
                self._values.setdefault(name, []).append(ast.copy_location(operation, node))
            case ast.For(target=ast.Name(id=name), iter=over) | ast.comprehension(target=ast.Name(id=name), iter=over):
                self._items.setdefault(name, []).append(over)
            case (
                ast.For(target=target)
                | ast.comprehension(target=target)
                | ast.With(items=[ast.withitem(optional_vars=ast.expr() as target)])
            ):
                self._obscure.update(n.id for n in ast.walk(target) if isinstance(n, ast.Name))
            case ast.Assign(targets=targets):
                for target in targets:
                    self._obscure.update(
                        n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                    )
            case ast.arg(arg=name) if name not in self._parameters:
                self._obscure.add(name)

    @staticmethod
    def _vague(kind: Kind, names: tuple[str, ...]) -> bool:
        return kind.name in _SEQUENCES and bool({"list", "tuple"} & set(names))


def _evidence(function: FunctionNode) -> dict[str, Kinds]:
    """What unhinted names and attributes must be, by the methods and items that the function uses of them."""
    found: dict[str, Kinds] = {}
    tested = {
        (ast.unparse(n.comparators[0]), ast.dump(n.left))
        for n in ast.walk(function)
        if isinstance(n, ast.Compare) and isinstance(n.ops[0], ast.In | ast.NotIn)
    }
    for node in ast.walk(function):
        match node:
            case ast.Attribute(value=ast.Name() | ast.Attribute() as owner, attr=attr):
                kinds = {Kind(kind) for kind, methods in _METHODS_OF.items() if attr in methods}
                found[ast.unparse(owner)] = found.get(ast.unparse(owner), UNKNOWN) | kinds
            case ast.Subscript(value=owner, slice=item) if (ast.unparse(owner), ast.dump(item)) in tested:
                found[ast.unparse(owner)] = found.get(ast.unparse(owner), UNKNOWN) | {Kind("dict")}
    return found


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _items_of(kind: Kind) -> Kinds:
    match kind:
        case Kind(name="str"):
            return frozenset({kind})
        case Kind(name="bytes" | "bytearray"):
            return frozenset({Kind("int")})
        case Kind(name="tuple", args=args) if args:
            return either(args)
        case Kind(args=(inner, *_)):
            return inner
    return UNKNOWN
