"""Which expressions may stand at module level: values that are the same for ever and cost nothing to make."""

from __future__ import annotations

import ast

_MAKERS = frozenset(
    {
        "Decimal", "Fraction", "NewType", "ParamSpec", "Struct", "TypeVar", "attrgetter", "bytes", "chr", "complex",
        "date", "datetime", "float", "frozenset", "int", "itemgetter", "methodcaller", "namedtuple", "object", "ord",
        "partial", "range", "slice", "str", "timedelta", "tuple",
    }
)  # fmt: skip
_TABLE_MAKERS = frozenset({"maketrans", "MappingProxyType"})
_TEXT_METHODS = frozenset({"encode", "join", "lower", "replace", "split", "strip", "upper"})
_READERS = frozenset(
    {
        "copy", "count", "difference", "get", "index", "intersection", "isdisjoint", "issubset", "issuperset", "items",
        "keys", "union", "values", "__getitem__", "__contains__",
    }
)  # fmt: skip
_READING_CALLS = frozenset(
    {
        "all", "any", "bisect", "bisect_left", "bisect_right", "dict", "enumerate", "frozenset", "isdisjoint", "join",
        "len", "list", "max", "min", "reversed", "set", "sorted", "sum", "translate", "tuple", "zip",
    }
)  # fmt: skip


def is_constant(node: ast.expr | None) -> bool:
    """Whether an expression gives an immutable value without work worth saving, or a name for something that exists."""
    match node:
        case None | ast.Constant() | ast.Name() | ast.Lambda():
            return True
        case ast.Tuple():
            return all(map(is_constant, node.elts))
        case ast.Attribute():
            return is_constant(node.value)
        case ast.UnaryOp():
            return is_constant(node.operand)
        case ast.BinOp():
            literal = isinstance(node.right, ast.Set) and _all(node.right.elts)  # `frozenset(...) | {"x"}`
            return is_constant(node.left) and (literal or is_constant(node.right))
        case ast.Subscript():  # an alias of a type, such as `tuple[int, ...]`
            return isinstance(node.value, ast.Name | ast.Attribute) and is_constant(node.slice)
        case ast.Call():
            return _is_constant_call(node)
    return False


def _is_small_set(node: ast.Call) -> bool:
    """A frozenset spelled by a comprehension over a short range: characters, mostly."""
    made = node.args[0] if _last(node.func) == "frozenset" and len(node.args) == 1 else None
    if not isinstance(made, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        return False
    calls = [n for n in ast.walk(made) if isinstance(n, ast.Call)]
    bounds = [n.value for call in calls for n in call.args if isinstance(n, ast.Constant) and isinstance(n.value, int)]
    over = [g.iter for g in made.generators]
    return (
        len(over) == 1
        and isinstance(over[0], ast.Call)
        and _last(over[0].func) == "range"
        and all(isinstance(a, ast.Constant) for a in over[0].args)
        and {_last(call.func) for call in calls} <= {"chr", "ord", "range"}
        and max(bounds, default=0) <= 256
    )


def is_literal_table(node: ast.expr | None) -> bool:
    """A dict, list or set written out with immutable content."""
    if isinstance(node, ast.Dict):
        return bool(node.keys) and all(k is not None and is_constant(k) for k in node.keys) and _all(node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.Sub | ast.BitAnd):
        return all(is_constant(side) or is_literal_table(side) for side in (node.left, node.right))
    return isinstance(node, ast.List | ast.Set) and bool(node.elts) and _all(node.elts)


def entries(node: ast.expr | None) -> int:
    """How many constants an expression spells out."""
    return sum(isinstance(n, ast.Constant) for n in ast.walk(node)) if node is not None else 0


def only_read(name: str, tree: ast.AST) -> bool:
    """Whether every use of a name is one that can neither change the table behind it nor hand it out."""
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Name) and child.id == name and not _reads(parent, child):
                return False
    return True


def _reads(parent: ast.AST, child: ast.Name) -> bool:
    match parent:
        case ast.Assign() | ast.AnnAssign():
            return isinstance(child.ctx, ast.Store)
        case ast.Subscript():
            return isinstance(parent.ctx, ast.Load)
        case ast.Attribute():
            return isinstance(parent.ctx, ast.Load) and parent.attr in _READERS
        case ast.Compare() | ast.Starred():
            return True
        case ast.For() | ast.comprehension():
            return parent.iter is child
        case ast.Call():
            return parent.func is not child and _last(parent.func) in _READING_CALLS
    return False


def _is_constant_call(node: ast.Call) -> bool:
    name, arguments = _last(node.func), [*node.args, *(k.value for k in node.keywords)]
    if name in _TABLE_MAKERS:
        return all(is_constant(a) or is_literal_table(a) for a in arguments)
    if isinstance(node.func, ast.Attribute):
        if name == "compile":
            return isinstance(node.func.value, ast.Name) and node.func.value.id in ("re", "regex") and _all(arguments)
        if isinstance(node.func.value, ast.Constant):
            return name in _TEXT_METHODS and _all(arguments)
    if name == "getattr":
        return len(arguments) > 1 and isinstance(arguments[1], ast.Constant) and _all(arguments)
    if _is_small_set(node):
        return True
    if name in ("frozenset", "tuple"):
        return all(is_constant(a) or is_literal_table(a) for a in arguments)
    if name == "namedtuple":
        return True
    return name in _MAKERS and _all(arguments)


def _all(nodes: list[ast.expr]) -> bool:
    return all(map(is_constant, nodes))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
