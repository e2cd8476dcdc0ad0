"""Calls of the target under `if __name__ == "__main__":`, with the plain assignments that they need."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from afterburner.core.inputs import CallText, Case, Origin
from afterburner.core.target import Target
from afterburner.core.units import bound_names
from afterburner.inputs._calls import comes_from_outside, expressions, needed, setup_text

name = "main block"
_MOST = 50
_ROUNDS = 20
"""So many rounds of a loop over written-out values are followed."""
_SETUP = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Expr)


def cases(target: Target) -> Sequence[Case]:
    """One case per call whose arguments can be told without running the program."""
    blocks = [n for n in target.source.tree.body if isinstance(n, ast.If) and _is_main(n)]
    found = [call for block in blocks for call in _walk(target, block.body, [], set(), into_main=True)]
    return [Case(Origin.MAIN, call) for call in dict.fromkeys(found)][:_MOST]


def _is_main(node: ast.If) -> bool:
    names = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
    return isinstance(node.test, ast.Compare) and "__name__" in names


def _walk(
    target: Target, body: Sequence[ast.stmt], earlier: list[ast.stmt], lost: set[str], *, into_main: bool
) -> Iterator[CallText]:
    """The calls of a block; `earlier` are the statements before it, `lost` the names that only a run would give."""
    for statement in body:
        if isinstance(statement, ast.For):
            yield from _loop(target, statement, earlier, lost)
        elif isinstance(statement, ast.With | ast.If | ast.Try):
            lost.update(bound_names([statement]))
        elif main := into_main and _main_called(target, statement):
            yield from _walk(target, main.body, [], set(), into_main=False)
        else:
            yield from _calls(target, statement, earlier, lost)
        if isinstance(statement, _SETUP) and not comes_from_outside(statement):
            lost -= set(bound_names([statement])) if not isinstance(statement, ast.AugAssign) else set()
            earlier.append(statement)
        else:
            lost.update(bound_names([statement]))


def _calls(target: Target, statement: ast.stmt, earlier: list[ast.stmt], lost: set[str]) -> Iterator[CallText]:
    for expression in expressions(statement, target):
        before, names = needed(earlier, expression)
        if not names & lost and not comes_from_outside(expression):
            yield CallText(ast.unparse(expression), setup_text(before))


def _loop(target: Target, loop: ast.For, earlier: list[ast.stmt], lost: set[str]) -> Iterator[CallText]:
    """A loop over values that are written out, round by round; of other loops nothing is known."""
    if not isinstance(loop.iter, ast.List | ast.Tuple):
        return
    for value in loop.iter.elts[:_ROUNDS]:
        given = ast.fix_missing_locations(ast.Assign([loop.target], value, lineno=loop.lineno))
        yield from _walk(target, loop.body, [*earlier, given], set(lost), into_main=False)


def _main_called(target: Target, statement: ast.stmt) -> ast.FunctionDef | None:
    """The function of the module that a statement such as `main()` or `sys.exit(main())` runs."""
    called = [n for n in ast.walk(statement) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    names = {n.func.id for n in called if isinstance(n.func, ast.Name) and not n.args and not n.keywords}
    for node in target.source.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in names and node is not target.node:
            return node
    return None
