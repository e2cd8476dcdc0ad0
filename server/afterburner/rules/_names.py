"""What a piece of code does with names: which it reads, binds and may change, and whether it has effects."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PURE_FUNCTIONS = _words(
    "abs all any ascii bin bool bytes chr complex dict divmod enumerate filter float format frozenset hash hex int"
    " isinstance issubclass len list map max min oct ord pow range repr reversed round set sorted str sum tuple type"
    " zip"
)
"""Builtins without effects of their own, apart from using up an iterator."""

READING_METHODS = _words(
    "bit_count bit_length capitalize casefold center copy count decode difference encode endswith expandtabs find"
    " format get hex index intersection isalnum isalpha isascii isdecimal isdigit isdisjoint isidentifier islower"
    " isnumeric isprintable isspace issubset issuperset istitle isupper items join keys ljust lower lstrip most_common"
    " partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines"
    " startswith strip swapcase symmetric_difference title translate union upper values zfill"
)
"""Methods of builtin types that change nothing."""

STORING_METHODS = _words("add append appendleft extend extendleft insert push put setdefault update")
"""Methods that keep their argument and change only their object."""

PURE_MODULES = frozenset({"math", "cmath", "operator", "itertools", "string"})


def loaded(*nodes: ast.AST) -> frozenset[str]:
    """Names read anywhere in the nodes, inner functions included."""
    return frozenset(
        n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    )


def stored(*nodes: ast.AST) -> frozenset[str]:
    """Names bound or deleted anywhere in the nodes, parameters of lambdas and handlers' names included."""
    return frozenset(name for node in nodes for n in ast.walk(node) for name in binds(n))


def mentioned(name: str, *nodes: ast.AST) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for node in nodes for n in ast.walk(node))


def uses(name: str, *nodes: ast.AST) -> list[ast.Name]:
    """Every place in the nodes where the name stands, in no particular order."""
    return [n for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]


def root(node: ast.AST) -> str:
    """`a` of `a.b[c].d`, else ''."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def changed(*nodes: ast.AST) -> frozenset[str]:
    """Names whose object the nodes may change: by methods, items, attributes, or by handing it to unknown code."""
    return frozenset(name for node in nodes for n in ast.walk(node) for name in _changes(n) if name)


def calls_unknown(*nodes: ast.AST) -> bool:
    """Whether code is called of which nothing is known here."""
    return any((isinstance(n, ast.Call) and not _known(n)) or _suspends(n) for node in nodes for n in ast.walk(node))


def pure(node: ast.AST) -> bool:
    """Whether evaluating an expression changes nothing, provided that its values are of builtin types."""
    return not any(_impure(n) for n in ast.walk(node))


def flat(target: ast.expr) -> Iterator[str]:
    """The names that a loop's target binds."""
    return (n.id for n in ast.walk(target) if isinstance(n, ast.Name))


def constant(node: ast.AST | None, *values: object) -> bool:
    """Whether a node is one of some literal values, by exact type."""
    return isinstance(node, ast.Constant) and any(type(node.value) is type(v) and node.value == v for v in values)


def binds(node: ast.AST) -> Iterable[str]:
    """Names that this very node binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [alias.asname or alias.name.split(".")[0] for alias in names]
    return ()


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            yield root(node)
        case ast.AugAssign(target=target):
            yield root(target)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in STORING_METHODS:
            yield root(value)
        case ast.Call() if not _known(node):
            if isinstance(node.func, ast.Attribute):
                yield root(node.func.value)
            yield from (_handed(part) for part in [*node.args, *(k.value for k in node.keywords)])


def _handed(node: ast.expr) -> str:
    return root(node) if isinstance(node, ast.Name | ast.Starred | ast.Attribute) else ""


def _known(call: ast.Call) -> bool:
    """Whether a call is to a builtin without effects, or a method of builtin types that changes nothing."""
    match call.func:
        case ast.Name(id=name):
            return name in PURE_FUNCTIONS
        case ast.Attribute(value=ast.Name(id=name)) if name in PURE_MODULES:
            return True
        case ast.Attribute(attr=attr):
            return attr in READING_METHODS or attr in STORING_METHODS
    return False


def _suspends(node: ast.AST) -> bool:
    return isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.AsyncFor | ast.AsyncWith)


def _impure(node: ast.AST) -> bool:
    match node:
        case ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom() | ast.Lambda():
            return True
        case ast.Call(func=ast.Attribute(attr=attr)):
            return attr in STORING_METHODS or not _known(node)
        case ast.Call():
            return not _known(node)
    return isinstance(node, ast.stmt)
