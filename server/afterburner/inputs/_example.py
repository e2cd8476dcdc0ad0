"""A call of a target for people to copy: real parameters, plausible values."""

from __future__ import annotations

import ast

from afterburner.core.target import Target, functions
from afterburner.inputs._parameters import plausible

_VALUES = {"bool": "True", "bytes": "b'ab'", "callable": "abs", "float": "2.5", "int": "3", "None": "None",
           "str": "'abc'", "complex": "1j"}  # fmt: skip
_LISTS = ("list", "List", "Sequence", "Iterable", "Collection", "MutableSequence", "Iterator")
_MORE = {"int": ("3", "1", "2"), "str": ("'b'", "'a'"), "float": ("0.5", "2.5")}


def example_call(target: Target) -> str:
    """Such as `f([3, 1, 2], k=2)`, `C(3).m('abc')` or `C().p`; `...` stands for what only the user knows."""
    if target.kind == "property":
        return f"{_instance(target)}.{target.name}"
    called = target.name
    if target.kind == "method":
        called = f"{_instance(target)}.{target.name}"
    elif target.class_name:
        called = target.qualname
    return f"{called}({_arguments(target)})"


def _instance(target: Target) -> str:
    wanted = f"{target.class_name}.__init__"
    for name, node, kind in functions(target.source):
        if name == wanted:
            return f"{target.class_name}({_arguments(Target(target.source, target.module, name, node, kind))})"
    return f"{target.class_name}()"


def _arguments(target: Target) -> str:
    """Required arguments; the first optional one by keyword when there is no other."""
    types, a = plausible(target), target.node.args
    plain = [p for p in target.parameters if p not in (*a.kwonlyargs, a.vararg, a.kwarg)]
    required = plain[: len(plain) - len(a.defaults)] if a.defaults else plain
    shown = [_value(types.get(p.arg, ())) for p in required]
    shown += [
        f"{p.arg}={_value(types.get(p.arg, ()))}"
        for p, default in zip(a.kwonlyargs, a.kw_defaults, strict=True)
        if default is None
    ]
    if a.vararg and not shown:
        shown += [_value(types.get(a.vararg.arg, ()))] * 2
    optional = plain[len(required) :]
    if not shown and optional:
        shown.append(f"{optional[0].arg}={_value(types.get(optional[0].arg, ()))}")
    return ", ".join(shown)


def _value(types: tuple[str, ...]) -> str:
    for text in types:
        try:
            value = _of(ast.parse(text, mode="eval").body)
        except SyntaxError:
            continue
        if "..." not in value and value != "None":
            return value
    return "..."


def _of(kind: ast.expr) -> str:
    match kind:
        case ast.BinOp(left=left):
            return _of(left)
        case ast.Subscript(value=outer, slice=inner):
            return _filled(ast.unparse(outer).rpartition(".")[2], inner)
        case ast.Constant(value=None):
            return "None"
    name = ast.unparse(kind).rpartition(".")[2]
    if name in _LISTS:
        return "[3, 1, 2]"
    return {"dict": "{'a': 1}", "set": "{1, 2}", "tuple": "(1, 2)", "Callable": "abs"}.get(name) or _VALUES.get(
        name, "..."
    )


def _filled(outer: str, inner: ast.expr) -> str:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    first = _of(parts[0])
    if outer in _LISTS:
        return f"[{', '.join(_MORE.get(ast.unparse(inner), (first, first)))}]"
    if outer in ("set", "Set", "frozenset"):
        return f"{{{', '.join(_MORE.get(ast.unparse(inner), (first,)))}}}"
    if outer in ("dict", "Dict", "Mapping"):
        return f"{{{first}: {_of(parts[-1])}}}"
    if outer in ("tuple", "Tuple"):
        same = len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...
        return f"({first}, {first})" if same else f"({', '.join(map(_of, parts))}{',' * (len(parts) == 1)})"
    return "abs" if outer == "Callable" else first if outer in ("Optional", "Union", "Annotated") else "..."
