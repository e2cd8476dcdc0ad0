"""Where the names of one function get their values from."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from afterburner.core.target import FunctionNode


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a name gets a value: from an expression or what iterating over it gives, or a part of that."""

    value: ast.expr
    iterated: bool = False
    path: tuple[int, ...] = ()


class Bindings:
    """What each name, or attribute such as `self.items`, is bound to anywhere in a function."""

    def __init__(self, function: FunctionNode, parameters: frozenset[str]) -> None:
        self.grown: dict[str, list[ast.AugAssign]] = {}
        """Name → the places where it is added to and the like."""
        self.obscure: set[str] = set()
        """Names that get values of which nothing is known here."""
        self._parameters = parameters
        self._values: dict[str, list[Binding]] = {}
        self._of_keys: set[ast.arg] = set()
        """Parameters of lambdas that are called with each item."""
        for node in ast.walk(function):
            self._bind(node)

    def of(self, name: str) -> Sequence[Binding]:
        """The bindings of a name, or of an attribute by its text."""
        return self._values.get(name, [])

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Subscript(value=ast.Name(id=cut), slice=ast.Slice())
            ) if cut == name:
                pass  # a part of what it was has the same type
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind_target(target, Binding(value))
            case ast.NamedExpr(target=target, value=value):
                self._bind_target(target, Binding(value))
            case ast.AugAssign(target=ast.Name(id=name)):
                self.grown.setdefault(name, []).append(node)
            case ast.AugAssign(target=ast.Attribute() as target):
                self.obscure.add(ast.unparse(target))
            case ast.For(target=target, iter=over) | ast.comprehension(target=target, iter=over):
                self._bind_target(target, Binding(over, iterated=True))
            case ast.withitem(optional_vars=ast.expr() as target):
                self.obscure.update(n.id for n in ast.walk(target) if isinstance(n, ast.Name))
            case ast.Call():
                for lambda_, items in _called_with_items(node):
                    for argument in lambda_.args.args:
                        self._of_keys.add(argument)
                        self._values.setdefault(argument.arg, []).append(Binding(items, iterated=True))
            case ast.arg(arg=name) if name not in self._parameters and node not in self._of_keys:
                self.obscure.add(name)

    def _bind_target(self, target: ast.expr, binding: Binding) -> None:
        match target:
            case ast.Name(id=name):
                self._values.setdefault(name, []).append(binding)
            case ast.Attribute():
                self._values.setdefault(ast.unparse(target), []).append(binding)
            case ast.Tuple(elts=elts) | ast.List(elts=elts) if not any(isinstance(e, ast.Starred) for e in elts):
                for place, part in enumerate(elts):
                    self._bind_target(part, Binding(binding.value, binding.iterated, (*binding.path, place)))
            case ast.Tuple() | ast.List() | ast.Starred():
                self.obscure.update(n.id for n in ast.walk(target) if isinstance(n, ast.Name))


def _called_with_items(call: ast.Call) -> Iterator[tuple[ast.Lambda, ast.expr]]:
    """Lambdas that are called with items of a collection: as a `key`, or by `map` and `filter`."""
    match call:
        case ast.Call(func=ast.Name(id="sorted" | "min" | "max"), args=[items]):
            pass
        case ast.Call(func=ast.Attribute(value=items, attr="sort"), args=[]):
            pass
        case ast.Call(func=ast.Name(id="map" | "filter"), args=[ast.Lambda() as function, items]):
            yield function, items
            return
        case _:
            return
    for keyword in call.keywords:
        match keyword:
            case ast.keyword(arg="key", value=ast.Lambda() as key):
                yield key, items
            case ast.keyword(arg="key", value=ast.Call(args=[ast.Lambda() as compare])):
                yield compare, items
