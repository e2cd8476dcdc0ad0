"""Checks on answers that look right on what was seen only: hard-coded results, special cases, swallowed errors."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from afterburner.core.finding import Finding, Severity
from afterburner.verifiers.static._change import Change, dumps, finding, own, short

_BROAD = frozenset({"Exception", "BaseException"})
_PLAIN = (0, 1, 2, -1, None, True, False, "", b"", 0.0, 1.0, 2.0)
_DIGESTS = frozenset({"bytes", "dict", "frozenset", "hash", "list", "repr", "set", "sorted", "str", "tuple"})


def literals(change: Change) -> Iterator[Finding]:
    """A parameter compared with a written-out value: the outputs for known inputs."""
    known = {ast.dump(n) for n in ast.walk(change.target.node) if isinstance(n, ast.Compare | ast.match_case)}
    for _, function in change.functions:
        parameters = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Compare) and ast.dump(node) not in known:
                if _compares_with_literal(node, parameters):
                    said = f"compares a parameter with a written-out value: `{short(node)}`"
                    yield finding("reject", "hard-coded", said, node)
            elif isinstance(node, ast.Match) and isinstance(node.subject, ast.Name) and node.subject.id in parameters:
                for case in node.cases:
                    if ast.dump(case) not in known and _literal_pattern(case.pattern):
                        said = f"compares a parameter with a written-out value: `case {short(case.pattern)}`"
                        yield finding("reject", "hard-coded", said, case.pattern)


def _compares_with_literal(node: ast.Compare, parameters: set[str]) -> bool:
    sides = [node.left, *node.comparators]
    names = {n.id for side in sides for n in [_digested(side)] if isinstance(n, ast.Name)}
    if not names & parameters:
        return False
    if isinstance(node.ops[0], ast.In | ast.NotIn):
        pool = node.comparators[0]
        return isinstance(pool, ast.List | ast.Tuple | ast.Set) and any(map(_literal, pool.elts)) and len(pool.elts) > 0
    if not isinstance(node.ops[0], ast.Eq | ast.Is):
        return False
    digests = any(isinstance(s, ast.Call) and _name(s.func) in ("hash", "repr") for s in sides)
    return any(map(_literal, sides)) or (digests and any(isinstance(s, ast.Constant) for s in sides))


def _digested(node: ast.expr) -> ast.expr:
    """What `hash(tuple(x))` is made of."""
    while isinstance(node, ast.Call) and _name(node.func) in _DIGESTS and len(node.args) == 1:
        node = node.args[0]
    return node


def _literal(node: ast.expr) -> bool:
    """A container written out with constants, not an empty one."""
    if isinstance(node, ast.Dict):
        return bool(node.keys) and all(k is not None and _constant(k) for k in node.keys)
    return isinstance(node, ast.List | ast.Tuple | ast.Set) and bool(node.elts) and all(map(_constant, node.elts))


def _constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _constant(node.operand)
    return isinstance(node, ast.Constant) or _literal(node)


def _literal_pattern(pattern: ast.pattern) -> bool:
    return (
        isinstance(pattern, ast.MatchSequence)
        and bool(pattern.patterns)
        and all(isinstance(p, ast.MatchValue | ast.MatchSingleton) for p in pattern.patterns)
    )


def swallowed(change: Change) -> Iterator[Finding]:
    """Broad `except` clauses that the original did not have."""
    if any(_is_broad(node) for node in _old(change)):
        return
    for _, function in change.functions:
        for node in ast.walk(function):
            for handler in [h for h in getattr(node, "handlers", []) if _is_broad(h)]:
                decides = node in function.body or any(isinstance(n, ast.Return) for n in ast.walk(node))
                kind = f"`{short(handler.type)}`" if handler.type else "everything"
                severity: Severity = "reject" if decides else "warn"
                yield finding(severity, "broad-except", f"catches {kind}, which hides errors", handler)


def _is_broad(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(kind is None or _name(kind) in _BROAD for kind in kinds)


def raises(change: Change) -> Iterator[Finding]:
    """Errors that the original raised by itself and the rewrite does not."""
    old = Counter(r for u in change.old_parts for n in own(u) for r in _raised(n))
    new = Counter(r for u in change.new_parts for n in own(u) for r in _raised(n))
    for name, times in sorted((old - new).items()):
        where = f" {times} times" if times > 1 else ""
        yield finding("warn", "raises-removed", f"does not raise {name}{where} as the original does", change.node)


def _raised(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assert):
        yield "AssertionError"
    elif isinstance(node, ast.Raise) and node.exc is not None:
        yield short(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)


def special_cases(change: Change) -> Iterator[Finding]:
    """Sizes and values at which the rewrite turns to other code."""
    known, compares = _constants(change), set(dumps(n for n in _old(change) if isinstance(n, ast.Compare)))
    for _, function in change.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Compare) and ast.dump(node) not in compares and _is_size(node):
                yield finding("warn", "size-threshold", f"does something else from a size on: `{short(node)}`", node)
            elif isinstance(node, ast.If) and _special(node, known):
                yield finding("warn", "special-case", f"has an answer of its own for `{short(node.test)}`", node)


def tables(change: Change) -> Iterator[Finding]:
    """Dicts written out inside the function."""
    known = set(dumps(n for n in _old(change) if isinstance(n, ast.Dict)))
    for _, function in change.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Dict) and len(node.keys) >= 4 and ast.dump(node) not in known and _fixed(node):
                said = f"looks answers up in a table of {len(node.keys)} entries"
                yield finding("warn", "lookup-table", said, node)


def _fixed(node: ast.Dict) -> bool:
    return all(isinstance(key, ast.Constant | ast.Tuple) for key in node.keys)


def _old(change: Change) -> Iterator[ast.AST]:
    return (node for unit in change.old_parts for node in own(unit))


def _constants(change: Change) -> set[str]:
    return {repr(n.value) for n in _old(change) if isinstance(n, ast.Constant)}


def _is_size(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    sized = any(isinstance(s, ast.Call) and _name(s.func) == "len" for s in sides)
    return sized and any(isinstance(s, ast.Constant) and isinstance(s.value, int) and s.value > 2 for s in sides)


def _special(node: ast.If, known: set[str]) -> bool:
    new = [c for c in ast.walk(node.test) if isinstance(c, ast.Constant) and repr(c.value) not in known]
    returns = [s for s in node.body if isinstance(s, ast.Return) and isinstance(s.value, ast.Constant)]
    return bool(returns) and any(c.value not in _PLAIN for c in new)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
