"""A rewrite in the making: edits of the target's text, new names and imports, and in the end one `Rewrite`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping

from afterburner.core import patch
from afterburner.core import target as targets
from afterburner.core.errors import EnvironmentProblem
from afterburner.core.patch import Edit, NotEditable
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.source import Source, Span
from afterburner.core.target import Target
from afterburner.rules._names import PURE_FUNCTIONS, binds, loaded

_CLOSED = (
    ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.ListComp,
    ast.DictComp, ast.SetComp, ast.JoinedStr, ast.GeneratorExp,
)  # fmt: skip


class Draft:
    """Collects the edits of one proposal; an edit for which the text has no room ends it without a rewrite."""

    def __init__(self, target: Target, rule: str, safety: Safety = Safety.NEEDS_PROOF) -> None:
        self._target = target
        self._source = target.source
        self._rule = rule
        self._safety = safety
        self._edits: list[Edit] = []
        self._imports: list[tuple[str, str]] = []
        self._names: set[str] = set()
        self._impossible = False
        self._wrapping: tuple[str, str] | None = None

    def text(self, node: ast.AST) -> str:
        """An expression as the user wrote it, in brackets when it would not hold together on its own."""
        text = self.inside(node)
        return f"({text})" if "\n" in text and not isinstance(node, _CLOSED) else text

    def inside(self, node: ast.AST) -> str:
        """An expression as the user wrote it, to stand between brackets."""
        return ast.unparse(node) if self.made(node) else self._source.segment(node)

    def made(self, node: ast.AST) -> bool:
        """Whether the text says something else where this node stands."""
        return any(hasattr(n, "synthetic") for n in ast.walk(node))

    def substituted(self, node: ast.expr, parts: Mapping[ast.AST, str]) -> str:
        """The expression as the user wrote it, with other texts in the place of some parts."""
        outer = self._source.span(node)
        spans = sorted(((self._source.span(part), new) for part, new in parts.items()), key=lambda pair: pair[0].start)
        text, position = "", outer.start
        for span, new in spans:
            text += self._source.text[position : span.start] + new
            position = span.end
        return text + self._source.text[position : outer.end]

    def atom(self, node: ast.expr) -> str:
        """The same, fit to stand beside any operator."""
        text = self.text(node)
        negative = isinstance(node, ast.Constant) and isinstance(node.value, int | float) and text.startswith("-")
        closed = isinstance(node, _CLOSED) or (text.startswith("(") and isinstance(node, ast.Tuple))
        return text if closed and not negative else f"({text})"

    def fresh(self, wanted: str) -> str:
        """A name that nothing in the module uses."""
        tree = self._source.tree
        read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        name = patch.fresh_name(wanted, patch.bound_names(tree) | read | self._names)
        self._names.add(name)
        return name

    def imported(self, module: str, name: str = "") -> str:
        """How to spell something of the standard library here; its import is added if it is missing."""
        self._imports.append((module, name))
        return patch.ensure_import(self._source, module, name, self._taken())[1]

    def replace(self, node: ast.AST, text: str) -> None:
        self._edits.append(patch.replace(self._source, node, text))

    def replace_range(self, start: ast.AST, end: ast.AST, text: str) -> None:
        """All from where one node begins to where another ends."""
        span = Span(self._source.span(start).start, self._source.span(end).end)
        self._edits.append(Edit(span, text))

    def replace_statements(self, first: ast.stmt, last: ast.stmt, text: str) -> None:
        self._add(lambda: patch.replace_statements(self._source, first, last, text))

    def insert_before(self, statement: ast.stmt, text: str) -> None:
        self._add(lambda: patch.insert_before(self._source, statement, text))

    def insert_after(self, statement: ast.stmt, text: str) -> None:
        self._add(lambda: patch.insert_after(self._source, statement, text))

    def delete(self, statement: ast.stmt) -> None:
        self._add(lambda: patch.delete_statement(self._source, statement))

    def keep_result(self, node: ast.Return, entry: str) -> None:
        """`return x` as `entry = x` and `return entry`."""
        assert node.value is not None
        start, value = self._source.span(node).start, self._source.span(node.value)
        self._add(lambda: patch.insert_after(self._source, node, f"return {entry}"))
        self._edits.append(Edit(Span(start, value.start), f"{entry} = "))

    def parameters(self, target: Target) -> str:
        """The target's parameters as they are written, without `self` and without hints."""
        args = target.node.args
        plain = [*args.posonlyargs, *args.args]
        defaults = [None] * (len(plain) - len(args.defaults)) + args.defaults
        pairs = [(p.arg, d) for p, d in zip(plain, defaults, strict=True) if p in target.parameters]
        return ", ".join(f"{name}={self.text(default)}" if default else name for name, default in pairs)

    def wrap_body(self, head: str, tail: str) -> None:
        """The whole body, docstring excepted, one step deeper: below `head`, above `tail`."""
        self._wrapping = (head, tail)

    def finish(self, idea: str) -> Iterator[Rewrite]:
        """The rewrite, or nothing when its text could not be made."""
        if self._impossible or not self._edits:
            return
        if _new_builtins(self._edits) & patch.bound_names(self._source.tree):
            return
        try:
            new = self._wrapped(patch.apply(self._source, self._edits))
            for module, name in self._imports:
                new = patch.ensure_import(new, module, name, self._taken())[0]
            _ = new.tree
        except (NotEditable, EnvironmentProblem):
            return
        new = Source(self._source.path, new.text)
        yield Rewrite(new, f"rule:{self._rule}", f"{idea}{self._idle_imports(new)}", self._safety)

    def _idle_imports(self, new: Source) -> str:
        """A remark on the module's imports that only the old text used: they stay, as other modules may use them."""
        imports = [n for n in self._source.tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        used = loaded(self._target.node).intersection(name for node in imports for name in binds(node))
        idle = sorted(used - loaded(new.tree)) if used else []
        return f"; the import of {', '.join(f'`{name}`' for name in idle)} is no longer used here" if idle else ""

    def _wrapped(self, edited: Source) -> Source:
        """The edited text with the body put into another function, where that was asked for."""
        if self._wrapping is None:
            return edited
        node = targets.find(edited, self._target.module, self._target.qualname).node
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        return patch.apply(edited, [patch.wrap_statements(edited, body[0], body[-1], *self._wrapping)])

    def _add(self, edit: Callable[[], Edit]) -> None:
        try:
            self._edits.append(edit())
        except NotEditable:
            self._impossible = True

    def _taken(self) -> frozenset[str]:
        """Names that mean something of their own inside the target or the functions around it."""
        node = self._target.node
        holders = [
            n for n in ast.walk(self._source.tree)
            if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
            and n.lineno <= node.lineno and (n.end_lineno or 0) >= (node.end_lineno or 0)
        ]  # fmt: skip
        return frozenset(name for n in holders for part in [n.args, *n.body] for name in patch.bound_names(part))


def _new_builtins(edits: list[Edit]) -> frozenset[str]:
    """Names of builtins that the new texts mention."""
    words = {word for edit in edits for word in re.findall(r"[a-z]\w*", edit.text)}
    return frozenset(word for word in words if word in PURE_FUNCTIONS)
