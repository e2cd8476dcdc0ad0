"""The target: the function that is asked about, found by qualified name or by line."""

from __future__ import annotations

import ast
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from afterburner.core.errors import UsageError
from afterburner.core.source import Source, Span

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Kind = Literal["function", "method", "staticmethod", "classmethod", "property", "closure"]


@dataclass(frozen=True)
class Target:
    """A function in a module's text."""

    source: Source
    module: str
    """Dotted name under which the module is imported."""
    qualname: str
    node: FunctionNode
    kind: Kind

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def span(self) -> Span:
        """Decorators to last character."""
        return self.source.span(self.node)

    @property
    def text(self) -> str:
        return self.span.of(self.source.text)

    @property
    def key(self) -> str:
        """Content key of the function's own text; changes when and only when its text does."""
        return hashlib.sha256(f"{self.qualname}\0{self.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def class_name(self) -> str:
        """Qualified name of the class around a method, else ''."""
        return self.qualname.rpartition(".")[0] if self.kind not in ("function", "closure") else ""

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def is_generator(self) -> bool:
        return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own_nodes(self.node))

    @property
    def positional(self) -> tuple[str, ...]:
        """Names of the parameters that a position gives, in order, without `self`/`cls`."""
        named = {*self.node.args.posonlyargs, *self.node.args.args}
        return tuple(parameter.arg for parameter in self.parameters if parameter in named)

    @property
    def parameters(self) -> tuple[ast.arg, ...]:
        """All parameters but `self`/`cls`, in order, `*args` and `**kwargs` included."""
        a = self.node.args
        plain = [*a.posonlyargs, *a.args]
        if self.kind in ("method", "classmethod", "property"):
            plain = plain[1:]
        starred, keywords = ([a.vararg] if a.vararg else []), ([a.kwarg] if a.kwarg else [])
        return (*plain, *starred, *a.kwonlyargs, *keywords)

    def signature(self) -> str:
        """The parameters as written, for messages."""
        return f"{self.qualname}({ast.unparse(self.node.args)})"


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function's own body, without those of functions, lambdas and classes inside it."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def functions(source: Source) -> list[tuple[str, FunctionNode, Kind]]:
    """Every function of a module with its qualified name, in text order; a later definition of a name wins."""
    return list(_walk(source.tree.body, "", in_class=False, in_function=False))


def find(source: Source, module: str, where: str) -> Target:
    """The function called `where` (`f`, `C.m`, `Outer.Inner.m`) or standing at line `where`; `UsageError` if none."""
    known = functions(source)
    matches = _at_line(known, int(where)) if where.isdigit() else [f for f in known if f[0] == where]
    if not matches:
        raise UsageError(*_unknown(source, where, [name for name, _, _ in known]))
    qualname, node, kind = matches[-1]
    return Target(source, module, qualname, node, kind)


def _walk(
    body: list[ast.stmt], prefix: str, *, in_class: bool, in_function: bool
) -> Iterator[tuple[str, FunctionNode, Kind]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node, _kind(node, in_class, in_function)
            yield from _walk(node.body, f"{prefix}{node.name}.<locals>.", in_class=False, in_function=True)
        elif isinstance(node, ast.ClassDef):
            yield from _walk(node.body, f"{prefix}{node.name}.", in_class=True, in_function=in_function)
        else:
            for block in _blocks(node):
                yield from _walk(block, prefix, in_class=in_class, in_function=in_function)


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield block
    for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
        yield part.body


def _kind(node: FunctionNode, in_class: bool, in_function: bool) -> Kind:
    names = {_last_name(d) for d in node.decorator_list}
    if in_function:
        return "closure"
    if not in_class:
        return "function"
    if "staticmethod" in names or node.name == "__new__":
        return "staticmethod"
    if "classmethod" in names or node.name in ("__init_subclass__", "__class_getitem__"):
        return "classmethod"
    return "property" if names & {"property", "cached_property"} else "method"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _at_line(known: list[tuple[str, FunctionNode, Kind]], line: int) -> list[tuple[str, FunctionNode, Kind]]:
    """The innermost function around a line, as the last element."""

    def first(node: FunctionNode) -> int:
        return min([node.lineno, *(d.lineno for d in node.decorator_list)])

    around = [f for f in known if first(f[1]) <= line <= (f[1].end_lineno or 0)]
    return sorted(around, key=lambda f: first(f[1]))


def _unknown(source: Source, where: str, names: list[str]) -> tuple[str, str]:
    if where.isdigit():
        return f"No function stands at line {where} of {source.path}.", "Give a line inside a function, or FILE::NAME."
    near = difflib.get_close_matches(where, names, 3, 0.5)
    if near:
        return f"{source.path} has no function {where!r}.", f"Did you mean {', '.join(near)}?"
    listed = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
    return f"{source.path} has no function {where!r}.", f"It has: {listed}." if names else "It has no functions at all."
