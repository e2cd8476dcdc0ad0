"""What types an expression of one function may have: from hints, from what was seen, and from how it is built."""

from __future__ import annotations

import ast

from afterburner.core.facts import Facts
from afterburner.core.target import FunctionNode
from afterburner.rules._bindings import Binding, Bindings
from afterburner.rules._kinds import (
    NUMBERS,
    UNKNOWN,
    Kind,
    Kinds,
    alike,
    either,
    hashable,
    items_of,
    named,
    of_hint,
    of_seen,
    ordered,
    part_of,
    refined,
    values_of,
)

_TO_TEXT = {"join", "lower", "upper", "strip", "lstrip", "rstrip", "replace", "format", "title", "decode", "zfill"}
_METHODS_OF = {
    "dict": {"items", "keys", "values", "setdefault", "get"},
    "set": {"add", "discard", "issubset", "difference", "intersection", "union"},
    "str": {"lower", "upper", "startswith", "endswith", "strip", "split", "splitlines", "isdigit", "isalpha"},
}
_INT: Kinds = frozenset({Kind("int")})


class Typing:
    """Answers for the expressions of one function."""

    def __init__(self, function: FunctionNode, facts: Facts) -> None:
        a = function.args
        self._seen = {name: of_seen(texts) for name, texts in facts.types.items()}
        self._hints = {p.arg: of_hint(p.annotation) for p in [*a.posonlyargs, *a.args, *a.kwonlyargs]}
        self._parameters = {name: refined(hint, self._seen.get(name, UNKNOWN)) for name, hint in self._hints.items()}
        if a.vararg:
            self._parameters[a.vararg.arg] = frozenset({Kind("tuple")})
        if a.kwarg:
            self._parameters[a.kwarg.arg] = frozenset({Kind("dict")})
        self._bindings = Bindings(function, frozenset(self._parameters))
        self._used = _evidence(function)
        self._busy: set[str] = set()

    def hinted(self, name: str) -> bool:
        """Whether the hint of a parameter says all that was seen of it."""
        return bool(self._hints.get(name)) and self._seen.get(name, UNKNOWN) <= self._hints[name]

    def could_be(self, node: ast.expr, *names: str) -> bool:
        """False only when the expression is known to be something else."""
        kinds = self.of(node)
        return not kinds or named(kinds, *names)

    def surely(self, node: ast.expr, *names: str) -> bool:
        """True only when the expression is known to be one of these."""
        kinds = self.of(node)
        return bool(kinds) and all(kind.name in names for kind in kinds)

    def only(self, node: ast.expr, *names: str) -> bool:
        """False as soon as the expression is known to be something else at times."""
        return all(kind.name in names for kind in self.of(node))

    def hashable(self, node: ast.expr) -> bool:
        """False when some known type of the expression has no hash."""
        return hashable(self.of(node))

    def ordered(self, node: ast.expr) -> bool:
        """False when some known type of the expression has no total order."""
        return ordered(self.of(node))

    def items(self, node: ast.expr) -> Kinds:
        """The kinds of what iterating over the expression gives."""
        match node:
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
                return frozenset({Kind("tuple", (_INT, self.items(inner)))})
            case ast.Call(func=ast.Name(id="zip"), args=[*inner]) if not any(isinstance(i, ast.Starred) for i in inner):
                return frozenset({Kind("tuple", tuple(self.items(one) for one in inner))})
            case ast.Call(func=ast.Name(id="reversed" | "iter"), args=[inner]):
                return self.items(inner)
            case ast.Call(func=ast.Attribute(value=owner, attr="items"), args=[]):
                return frozenset({Kind("tuple", (items_of(self.of(owner)), values_of(self.of(owner))))})
            case ast.Call(func=ast.Attribute(value=owner, attr="keys"), args=[]):
                return self.items(owner)
            case ast.Call(func=ast.Attribute(value=owner, attr="values"), args=[]):
                return values_of(self.of(owner))
        return items_of(self.of(node))

    def items_could_be(self, node: ast.expr, *names: str) -> bool:
        kinds = self.items(node)
        return not kinds or any(kind.name in names for kind in kinds)

    def items_only(self, node: ast.expr, *names: str) -> bool:
        """False as soon as some items are known to be something else."""
        return all(kind.name in names for kind in self.items(node))

    def items_hashable(self, node: ast.expr) -> bool:
        """False when some items are known to have no hash."""
        return hashable(self.items(node))

    def items_ordered(self, node: ast.expr) -> bool:
        """False when the items of some known type are not totally ordered among themselves."""
        if not ordered(self.items(node)):
            return False
        return all(kind.name == "tuple" or alike(items_of(frozenset({kind}))) for kind in self.of(node))

    def of(self, node: ast.expr) -> Kinds:
        """The kinds that an expression may have; empty when unknown."""
        match node:
            case ast.BoolOp(values=values):
                return either([self.of(value) for value in values])
            case ast.IfExp(body=body, orelse=orelse):
                return either([self.of(body), self.of(orelse)])
            case ast.BinOp(left=left, op=op, right=right):
                return _operation(self.of(left), op, self.of(right))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                return self.of(operand)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Subscript(value=value, slice=place):
                return self._item(self.of(value), value, place)
            case ast.Call():
                return self._call(node)
            case ast.Attribute():
                return self._attribute(ast.unparse(node))
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

    def _item(self, kinds: Kinds, value: ast.expr, place: ast.expr) -> Kinds:
        match place:
            case ast.Slice():
                return kinds
            case ast.Constant(value=int(number)):
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
                number = -number
            case _:
                return values_of(kinds) if self.surely(value, "dict") else self.items(value)
        return values_of(kinds) if self.surely(value, "dict") else part_of(kinds, number)

    def _call(self, node: ast.Call) -> Kinds:
        match node:
            case ast.Call(func=ast.Name(id="list" | "sorted" | "set" | "frozenset" | "tuple" as name), args=[inner]):
                kind = "list" if name == "sorted" else name
                return frozenset({Kind(kind, (self.items(inner),) * (2 if kind == "tuple" else 1))})
            case ast.Call(func=ast.Name(id="list" | "set" | "dict" | "str" | "int" | "float" | "bytes" as name)):
                return frozenset({Kind(name)})
            case ast.Call(func=ast.Name(id="len" | "ord" | "hash")):
                return _INT
            case ast.Call(func=ast.Name(id="range")):
                return frozenset({Kind("range", (_INT,))})
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
        if name in self._busy or name in self._bindings.obscure:
            return UNKNOWN
        self._busy.add(name)
        try:
            parts = [self._bound(binding) for binding in self._bindings.of(name)]
            if name in self._parameters:
                parts.append(self._parameters[name] or self._used.get(name, UNKNOWN))
            kinds = either(parts)
            grown = [_operation(kinds, node.op, self.of(node.value)) for node in self._bindings.grown.get(name, [])]
            return either([kinds, *grown])
        finally:
            self._busy.discard(name)

    def _attribute(self, text: str) -> Kinds:
        """What `self.items` was seen to be, and what the function makes it."""
        if text in self._busy or text in self._bindings.obscure:
            return UNKNOWN
        self._busy.add(text)
        try:
            before = self._seen.get(text, UNKNOWN) or self._used.get(text, UNKNOWN)
            return either([before, *(self._bound(binding) for binding in self._bindings.of(text))])
        finally:
            self._busy.discard(text)

    def _bound(self, binding: Binding) -> Kinds:
        kinds = self.items(binding.value) if binding.iterated else self.of(binding.value)
        for place in binding.path:
            kinds = part_of(kinds, place)
        return kinds


def _operation(left: Kinds, op: ast.operator, right: Kinds) -> Kinds:
    if isinstance(op, ast.Mod) and left and all(kind.name == "str" for kind in left):
        return left
    if left and right and all(k.name in NUMBERS for k in left | right):
        if isinstance(op, ast.Div) or any(k.name == "float" for k in left | right):
            return frozenset({Kind("float")})
        return _INT
    if isinstance(op, ast.Mult) and left and right == _INT:
        return left
    return left if left == right else UNKNOWN


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
