"""Checks on how the target is called: parameters, defaults, decorators, kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from afterburner.core.finding import Finding, Severity
from afterburner.core.source import Source
from afterburner.core.target import FunctionNode, Target, functions, own_nodes
from afterburner.core.units import bound_names
from afterburner.verifiers.static._change import CACHES, Change, dumps, finding, last_name, short
from afterburner.verifiers.static._values import is_constant

_EAGER = frozenset({"bytes", "dict", "frozenset", "len", "list", "max", "min", "set", "sorted", "str", "sum", "tuple"})
_DISPLAYS = (
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Dict,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.Constant,
    ast.JoinedStr,
)
_KINDS = frozenset({"classmethod", "property", "staticmethod"})
"""Decorators that make another kind of thing of a function."""
_GIVES = {"cache": "cache_clear", "lru_cache": "cache_clear", "singledispatch": "register"}
"""Decorator → what it adds to the function for others to use."""


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
        lazy = _may_be_lazy(new) if change.target.is_generator else _is_lazy(old)
        severity: Severity = "warn" if lazy else "reject"
        yield finding(severity, "generator", f"`{name}` was {was}, and is not any more", new)
    if dumps(old.decorator_list) != dumps(new.decorator_list):
        yield _redecorated(change)
    if _definitions(change.new, name) > _definitions(change.target.source, name):
        yield finding("reject", "redefined", f"defines `{name}` more than once", new)


def _redecorated(change: Change) -> Finding:
    """Another kind of function is a change; losing a known wrapper loses what it gave; the rest nobody can know."""
    name, before, after = change.target.qualname, change.target.node.decorator_list, change.node.decorator_list
    gone = [d for d in before if ast.dump(d) not in dumps(after)]
    added = [d for d in after if ast.dump(d) not in dumps(before)]
    caches = [d for d in added if last_name(d) in CACHES]
    if caches:
        said = f"keeps results of `{name}` between calls by `@{short(caches[0])}`"
        return finding("reject", "cache", said, caches[0])
    if gone and not added and all(last_name(d) in _GIVES for d in gone):
        call = f"{name}.{_GIVES[last_name(gone[0])]}"
        said = f"no longer wraps `{name}` by `@{short(gone[0])}`, so that there is no `{call}`"
        return replace(finding("except", "unwrapped", said, change.node), counterexample=call, original="it exists")
    listed = ", ".join(f"`@{short(d)}`" for d in after) or "none"
    code = "decorators" if _KINDS & {last_name(d) for d in [*gone, *added]} else "wrapped"
    return finding("reject", code, f"changes the decorators of `{name}` to {listed}", change.node)


def parameters(change: Change) -> Iterator[Finding]:
    """Number, kind, order and defaults of the parameters; their names count for keyword calls."""
    old, new, name = change.target.node.args, change.node.args, change.target.qualname
    if _shape(old) != _shape(new) and (extra := _accepts_more(old, new)):
        yield _extended(change, extra)
    elif _shape(old) != _shape(new):
        message = f"changes the parameters of `{name}` from ({_listed(old)}) to ({_listed(new)})"
        yield finding("reject", "signature", message, change.node)
    elif dumps([*old.defaults, *old.kw_defaults]) != dumps([*new.defaults, *new.kw_defaults]):
        message = f"changes default values of `{name}`: ({_listed(old)}) became ({_listed(new)})"
        yield finding("reject", "defaults", message, change.node)
    else:
        yield from _renamed(change)


def _extended(change: Change, extra: str) -> Finding:
    old, new, name = change.target.node.args, change.node.args, change.target.qualname
    known = dumps([*old.defaults, *old.kw_defaults])
    values = [d for d in [*new.defaults, *new.kw_defaults] if d is not None]
    lasting = [d for d in values if not is_constant(d) and ast.dump(d) not in known]
    if lasting:
        said = f"keeps `{short(lasting[0])}` between calls as a default value of `{name}`"
        return finding("reject", "default-state", said, change.node)
    message = f"accepts more: ({_listed(old)}) became ({_listed(new)})"
    accepted = finding("except", "signature-extended", message, change.node)
    return replace(accepted, counterexample=f"{name}(…, {extra})", original="raises TypeError")


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
    yield replace(found, counterexample=call, original="accepts the call")


def _shape(a: ast.arguments) -> tuple[object, ...]:
    only = sorted((k.arg, d is None) for k, d in zip(a.kwonlyargs, a.kw_defaults, strict=True))
    return len(a.posonlyargs), len(a.args), bool(a.vararg), only, bool(a.kwarg), len(a.defaults)


def _accepts_more(old: ast.arguments, new: ast.arguments) -> str:
    """An argument that only the new parameters take, where every call of the old ones still means the same; else ''."""
    before, after = [*old.posonlyargs, *old.args], [*new.posonlyargs, *new.args]
    kept = after[: len(before)]
    if [a.arg for a in before] != [a.arg for a in kept] or len(old.posonlyargs) != len(new.posonlyargs):
        return ""
    if old.kwarg or (old.vararg and len(after) > len(before)):
        return ""
    if (old.vararg and not new.vararg) or not _same_defaults(old, new):
        return ""
    known = {a.arg for a in old.kwonlyargs}
    added = [a.arg for a in after[len(before) :]] + [a.arg for a in new.kwonlyargs if a.arg not in known]
    named = [*(f"{name}=…" for name in added), *(["**…"] if new.kwarg else [])]
    return next(iter([*named, *(["*…"] if new.vararg and not old.vararg else [])]), "")


def _same_defaults(old: ast.arguments, new: ast.arguments) -> bool:
    """Whether the old parameters keep their defaults and every new one has one."""
    before, after = _defaults(old), _defaults(new)
    return all(after.get(name, "gone") == default for name, default in before.items()) and all(
        default for name, default in after.items() if name not in before
    )


def _defaults(a: ast.arguments) -> dict[str, str]:
    """Parameter → its default, '' for none."""
    names = [p.arg for p in [*a.posonlyargs, *a.args]]
    values: list[ast.expr | None] = [*[None] * (len(names) - len(a.defaults)), *a.defaults]
    keywords = zip([p.arg for p in a.kwonlyargs], dumps(a.kw_defaults), strict=True)
    return dict(zip(names, dumps(values), strict=True)) | dict(keywords)


def _listed(a: ast.arguments) -> str:
    return ast.unparse(a)


def _may_be_lazy(node: FunctionNode) -> bool:
    """Whether nothing that a function returns is certainly no iterator; running it decides."""
    values = _returned(node)
    return bool(values) and not any(v is None or isinstance(v, _DISPLAYS) or _is_eager(v) for v in values)


def _is_lazy(node: FunctionNode) -> bool:
    """Whether all that a function returns looks like iterators; running it decides."""
    values = _returned(node)
    lazy = (ast.GeneratorExp, ast.Call)
    return bool(values) and all(isinstance(v, lazy) and not _is_eager(v) for v in values)


def _returned(node: FunctionNode) -> list[ast.expr | None]:
    return [n.value for n in own_nodes(node) if isinstance(n, ast.Return)]


def _is_eager(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) in _EAGER


def _is_generator(node: FunctionNode) -> bool:
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own_nodes(node))


def _definitions(source: Source, qualname: str) -> int:
    return sum(name == qualname for name, _, _ in functions(source))
