"""Checks on how the target is called: parameters, defaults, decorators, kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.finding import Finding, Severity
from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, Target, functions, own_nodes
from afterburner.core.units import bound_names
from afterburner.verifiers.static._change import Change, dumps, finding, short

_EAGER = frozenset({"bytes", "dict", "frozenset", "len", "list", "max", "min", "set", "sorted", "str", "sum", "tuple"})


def missing(target: Target, new: Source) -> Finding:
    """The finding for a text without the target's `def`."""
    for node in new.tree.body:
        if target.qualname in bound_names([node]):
            what = f"makes `{target.qualname}` by `{short(node)}` instead of a plain `def`"
            return finding("reject", "missing", what, node)
    return finding("reject", "missing", f"does not define `{target.qualname}`")


def kind(change: Change) -> Iterator[Finding]:
    """`def` and `async def`, function and generator, decorators, one definition."""
    old, new, name = change.target.node, change.node, change.target.qualname
    if type(old) is not type(new):
        yield finding("reject", "async", f"changes `{name}` between `def` and `async def`", new)
    if change.target.is_generator != _is_generator(new):
        was = "a generator" if change.target.is_generator else "a function that returns"
        plain = new if change.target.is_generator else old
        severity: Severity = "warn" if _may_be_lazy(plain) else "reject"
        yield finding(severity, "generator", f"`{name}` was {was}, and is not any more", new)
    if dumps(old.decorator_list) != dumps(new.decorator_list):
        listed = ", ".join(f"`@{short(d)}`" for d in new.decorator_list) or "none"
        yield finding("reject", "decorators", f"changes the decorators of `{name}` to {listed}", new)
    if _definitions(change.new, name) > _definitions(change.target.source, name):
        yield finding("reject", "redefined", f"defines `{name}` more than once", new)


def parameters(change: Change) -> Iterator[Finding]:
    """Number, kind, order and defaults of the parameters; their names count for keyword calls."""
    old, new, name = change.target.node.args, change.node.args, change.target.qualname
    if _shape(old) != _shape(new):
        message = f"changes the parameters of `{name}` from ({_listed(old)}) to ({_listed(new)})"
        yield finding("reject", "signature", message, change.node)
    elif dumps([*old.defaults, *old.kw_defaults]) != dumps([*new.defaults, *new.kw_defaults]):
        message = f"changes default values of `{name}`: ({_listed(old)}) became ({_listed(new)})"
        yield finding("reject", "defaults", message, change.node)
    else:
        yield from _renamed(change)


def _renamed(change: Change) -> Iterator[Finding]:
    skipped = int(change.target.kind in ("method", "classmethod", "property"))
    before = [a.arg for a in change.target.node.args.args]
    after = [a.arg for a in change.node.args.args]
    start = max(0, skipped - len(change.node.args.posonlyargs))
    pairs = [(a, b) for a, b in zip(before[start:], after[start:], strict=True) if a != b]
    if not pairs:
        return
    renamed = ", ".join(f"`{a}` to `{b}`" for a, b in pairs)
    call = f"{change.target.name}({', '.join(f'{a}=…' for a in before[start:])})"
    message = f"renames parameters: {renamed}. `{call}` works with the original and is another call with the rewrite"
    found = finding("except", "parameter-names", message, change.node)
    yield Finding(found.severity, found.code, found.message, found.line, counterexample=call)


def _shape(a: ast.arguments) -> tuple[object, ...]:
    only = sorted((k.arg, d is None) for k, d in zip(a.kwonlyargs, a.kw_defaults, strict=True))
    return len(a.posonlyargs), len(a.args), bool(a.vararg), only, bool(a.kwarg), len(a.defaults)


def _listed(a: ast.arguments) -> str:
    return ast.unparse(a)


def _may_be_lazy(node: FunctionNode) -> bool:
    """Whether all that a function returns may be iterators; running it decides."""
    values = [n.value for n in own_nodes(node) if isinstance(n, ast.Return)]
    return bool(values) and all(
        isinstance(v, ast.GeneratorExp) or (isinstance(v, ast.Call) and ast.unparse(v.func) not in _EAGER)
        for v in values
    )


def _is_generator(node: FunctionNode) -> bool:
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own_nodes(node))


def _definitions(source: Source, qualname: str) -> int:
    return sum(name == qualname for name, _, _ in functions(source))
