"""Small edits of Python text: statements and expressions replaced in place, imports added once, differences shown."""

from __future__ import annotations

import ast
import builtins
import difflib
import io
import keyword
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from afterburner.core.source import Source, Span


class NotEditable(Exception):
    """The text around a statement leaves no room for the edit: `if x: y`, `a; b`, `elif`."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A range of the text and what replaces it."""

    span: Span
    text: str


def apply(source: Source, edits: Iterable[Edit]) -> Source:
    """The text after all edits; those at one place keep their order; `NotEditable` when two overlap."""
    pieces, position = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)):
        if edit.span.start < position:
            raise NotEditable("two edits overlap")
        pieces += [source.text[position : edit.span.start], edit.text]
        position = edit.span.end
    return Source(source.path, "".join(pieces) + source.text[position:])


def replace(source: Source, node: ast.AST, text: str) -> Edit:
    """One expression or statement replaced by `text` as it is."""
    return Edit(source.span(node), text)


def replace_statements(source: Source, first: ast.stmt, last: ast.stmt, text: str) -> Edit:
    """Whole statements replaced; comments inside them that `text` lacks move above it."""
    _require_own_lines(source, first, last)
    span = Span(source.span(first).start, source.span(last).end)
    return Edit(span, _block(source, first, [*_kept_comments(source, span, text), *text.split("\n")]).lstrip(" \t"))


def insert_before(source: Source, statement: ast.stmt, text: str) -> Edit:
    """`text` on lines of its own above a statement and above the comment lines that belong to it."""
    start = _start_with_comments(source, statement)
    return Edit(Span(start, start), _block(source, statement, text.split("\n")) + newline(source))


def wrap_statements(source: Source, first: ast.stmt, last: ast.stmt, head: str, tail: str) -> Edit:
    """Statements and their comments moved one step deeper, with `head` above and `tail` below at the old place."""
    _require_own_lines(source, first, last)
    span = Span(_start_with_comments(source, first), _line_end(source, source.span(last).end))
    unit, end = indent_unit(source), newline(source)
    inside = _string_lines(source.tree)
    line = source.text.count("\n", 0, span.start) + 1
    moved = [
        text if number in inside or not text.strip() else unit + text
        for number, text in enumerate(span.of(source.text).split(end), line)
    ]
    above, below = (_block(source, first, part.split("\n")) for part in (head, tail))
    return Edit(span, end.join([above, *moved, below]))


def _start_with_comments(source: Source, statement: ast.stmt) -> int:
    """Where the first of the comment lines above a statement begins, or its own line."""
    _require_own_lines(source, statement)
    line = source.text.count("\n", 0, source.span(statement).start)
    lines = source.text.split("\n")
    indent = indentation(source, statement)
    while line > 0 and lines[line - 1].startswith(f"{indent}#"):
        line -= 1
    return sum(len(text) + 1 for text in lines[:line])


def insert_after(source: Source, statement: ast.stmt, text: str) -> Edit:
    """`text` on lines of its own below a statement."""
    _require_own_lines(source, statement)
    end = _line_end(source, source.span(statement).end)
    return Edit(Span(end, end), newline(source) + _block(source, statement, text.split("\n")))


def delete_statement(source: Source, statement: ast.stmt) -> Edit:
    """A statement removed with its lines; its comments stay."""
    _require_own_lines(source, statement)
    start = source.text.rfind("\n", 0, source.span(statement).start) + 1
    end = _line_end(source, source.span(statement).end)
    comments = _kept_comments(source, Span(start, end), "")
    if comments:
        return Edit(Span(start, end), _block(source, statement, comments))
    return Edit(Span(start - len(newline(source)), end), "") if start else Edit(Span(0, end + len(newline(source))), "")


def indentation(source: Source, statement: ast.stmt) -> str:
    """The white space before a statement that begins its line."""
    start = source.span(statement).start
    return source.text[source.text.rfind("\n", 0, start) + 1 : start]


def newline(source: Source) -> str:
    """How lines of this text end."""
    return "\r\n" if "\r\n" in source.text else "\n"


def indent_unit(source: Source) -> str:
    """One step of indentation as this text has it; four spaces when nothing shows it."""
    for node in ast.walk(source.tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.stmt) and isinstance(body, list) and body[0].lineno > node.lineno:
            outer, inner = indentation(source, node), indentation(source, body[0])
            if inner.startswith(outer) and inner.strip(" \t") == "" and len(inner) > len(outer):
                return inner[len(outer) :]
    return "    "


def fresh_name(wanted: str, taken: AbstractSet[str]) -> str:
    """`wanted`, or `wanted2`, `wanted3` …: the first that is no builtin, keyword or taken name."""
    names = (wanted if number == 1 else f"{wanted}{number}" for number in range(1, len(taken) + 200))
    return next(n for n in names if n not in taken and not hasattr(builtins, n) and not _is_keyword(n))


def diff(before: Source, after: Source) -> str:
    """The unified diff of two texts, named by their paths; '' when they are the same."""
    old, new = before.text.splitlines(keepends=True), after.text.splitlines(keepends=True)
    marked = []
    for line in difflib.unified_diff(old, new, before.path, after.path):
        marked.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(marked)


def changed_lines(before: Source, after: Source) -> frozenset[int]:
    """Numbers of the lines in `after` that are new or different; 1-based."""
    old, new = before.text.splitlines(), after.text.splitlines()
    head, tail = shared_ends(old, new)  # matching takes quadratic time where lines repeat
    matcher = difflib.SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    ranges = (range(j1 + 1, j2 + 1) for tag, _, _, j1, j2 in matcher.get_opcodes() if tag != "equal")
    return frozenset(head + line for lines in ranges for line in lines)


def shared_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines two texts share at their start and, behind that, at their end."""
    least = min(len(old), len(new))
    head = next((at for at in range(least) if old[at] != new[at]), least)
    tail = next((at for at in range(least - head) if old[-1 - at] != new[-1 - at]), least - head)
    return head, tail


def ensure_import(
    source: Source, module: str, name: str = "", taken: AbstractSet[str] = frozenset()
) -> tuple[Source, str]:
    """The text with `module` (or `name` of it) importable at its top, and how to spell it.

    `taken` are names that mean something else where it is used. What is imported already is not imported again; a
    name that is in use for something else is spelt another way.
    """
    for spelling in _imported(source.tree, module, name):
        if spelling.split(".")[0] not in taken:
            return source, spelling
    occupied = _module_names(source.tree) | taken
    if name and name not in occupied:
        return apply(source, [_import_edit(source, module, name, "")]), name
    root = module.partition(".")[0]
    if root not in occupied:
        return apply(source, [_import_edit(source, module, "", "")]), f"{module}.{name}" if name else module
    alias = fresh_name(f"_{name or root}", occupied)
    return apply(source, [_import_edit(source, module, name, alias)]), alias


@lru_cache(maxsize=64)
def bound_names(tree: ast.AST) -> frozenset[str]:
    """Every name that something in the tree binds: assignments, parameters, imports, definitions, patterns."""
    return frozenset(name for node in ast.walk(tree) for name in _binds(node))


def _binds(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.split(".")[0] for alias in names)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case ast.Global(names=found) | ast.Nonlocal(names=found):
            yield from found


def _module_names(tree: ast.Module) -> frozenset[str]:
    """Names of the module's own scope, and names that are read anywhere without being a builtin."""
    own: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        own.update(_binds(node))
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    declared = {n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names}
    return frozenset(own | declared | {n for n in read - own if hasattr(builtins, n)})


def _imported(tree: ast.Module, module: str, name: str) -> Iterator[str]:
    """Spellings under which the top of the module has it already and binds it nowhere else."""
    bindings = [bound for node in _top_level(tree) for bound in _binds(node)]
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=found, level=0) if name and found == module:
                spellings = [a.asname or a.name for a in node.names if a.name == name]
            case ast.Import():
                tail = f".{name}" if name else ""
                spellings = [(a.asname or a.name) + tail for a in node.names if a.name == module]
            case _:
                spellings = []
        yield from (spelling for spelling in spellings if bindings.count(spelling.split(".")[0]) == 1)


def _top_level(tree: ast.Module) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def _import_edit(source: Source, module: str, name: str, alias: str) -> Edit:
    """The edit that adds one import: to an import of the same module, else to the standard library's block."""
    imports = list(_header_imports(source.tree))
    item = f"{name or module}{f' as {alias}' if alias else ''}"
    for node in imports:
        if name and isinstance(node, ast.ImportFrom) and node.module == module and node.names[0].name != "*":
            return _extended(source, node, item)
    text = f"from {module} import {item}" if name else f"import {item}"
    standard = [node for node in imports if _root(node) in sys.stdlib_module_names and _root(node) != "__future__"]
    if not standard:
        return _first_import(source, imports, text)
    earlier = [node for node in standard if _order(node) <= (bool(name), module)]
    return insert_after(source, earlier[-1], text) if earlier else insert_before(source, standard[0], text)


def _extended(source: Source, node: ast.ImportFrom, item: str) -> Edit:
    """`from m import a` made `from m import a, item`, in order when it was in order."""
    names = [alias.name for alias in node.names]
    following = [alias for alias in node.names if alias.name.lower() > item.lower()]
    if following and names == sorted(names, key=str.lower):
        start = source.span(following[0]).start
        return Edit(Span(start, start), f"{item},{_separator(source, node)}")
    end = source.span(node.names[-1]).end
    return Edit(Span(end, end), f",{_separator(source, node)}{item}")


def _separator(source: Source, node: ast.ImportFrom) -> str:
    """What stands between two imported names: a space, or a line break where each has its own line."""
    if node.lineno == node.end_lineno or len({alias.lineno for alias in node.names}) < len(node.names):
        return " "
    start = source.span(node.names[-1]).start
    return newline(source) + " " * (start - source.text.rfind("\n", 0, start) - 1)


def _header_imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports above the first definition or block."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign):
            return


def _root(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.Import):
        return node.names[0].name.split(".")[0]
    return "" if node.level else (node.module or "").split(".")[0]


def _order(node: ast.Import | ast.ImportFrom) -> tuple[bool, str]:
    return (False, node.names[0].name) if isinstance(node, ast.Import) else (True, node.module or "")


def _first_import(source: Source, imports: Sequence[ast.Import | ast.ImportFrom], text: str) -> Edit:
    """The edit that opens a block of imports: after docstring and `__future__`, before third-party imports."""
    end = newline(source)
    others = [node for node in imports if _root(node) != "__future__"]
    if others:
        edit = insert_before(source, others[0], text)
        return Edit(edit.span, edit.text + end)
    head = [n for n in source.tree.body[:1] if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)]
    head = [n for n in head if isinstance(n.value.value, str)]  # type: ignore[attr-defined]
    after: list[ast.stmt] = [*head, *(node for node in imports if _root(node) == "__future__")]
    if after:
        stop = _line_end(source, source.span(after[-1]).end)
        return Edit(Span(stop, stop), end * 2 + text)
    start = _after_opening_comment(source.text)
    first = source.tree.body[0]
    gap = end * (3 if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else 2)
    return Edit(Span(start, start), text + gap)


def _after_opening_comment(text: str) -> int:
    """Where code may begin: after a byte order mark, shebang, coding line, licence comment and the blank line below."""
    start = 1 if text.startswith("\ufeff") else 0
    opening = re.compile(r"(?:#[^\n]*\n)+(?:[ \t\r]*\n)+").match(text, start)
    if opening:
        return opening.end()
    special = re.compile(r"(?:#(?:!|[^\n]*coding)[^\n]*\n)*").match(text, start)
    rest = special.end() if special else start
    blank = re.compile(r"(?:[ \t\r]*\n)*").match(text, rest)
    return blank.end() if blank else rest


def _require_own_lines(source: Source, first: ast.stmt, last: ast.stmt | None = None) -> None:
    span = Span(source.span(first).start, source.span(last or first).end)
    before = source.text[source.text.rfind("\n", 0, span.start) + 1 : span.start]
    after = source.text[span.end : _line_end(source, span.end)].strip()
    is_elif = isinstance(first, ast.If) and span.of(source.text).startswith("elif")
    if before.strip(" \t\f\ufeff") or (after and not after.startswith("#")) or is_elif:
        raise NotEditable(f"line {first.lineno} holds more than one statement")


def _line_end(source: Source, index: int) -> int:
    found = source.text.find("\n", index)
    end = len(source.text) if found < 0 else found
    return end - 1 if source.text[index:end].endswith("\r") else end


def _block(source: Source, beside: ast.stmt, lines: Sequence[str]) -> str:
    """Lines (indented by fours) put at the indentation of a statement, in the text's own units."""
    margin, unit = indentation(source, beside), indent_unit(source)
    inside = _inside_strings("\n".join(lines))
    shaped = []
    for number, line in enumerate(lines, 1):
        body = line.lstrip(" ")
        steps, rest = divmod(len(line) - len(body), 4)
        own = line if number in inside or not body else f"{margin}{unit * steps}{' ' * rest}{body}"
        shaped.append(own)
    return newline(source).join(shaped)


def _inside_strings(text: str) -> frozenset[int]:
    """Lines of a piece of code that begin inside a string literal: their white space is content."""
    try:
        return _string_lines(ast.parse(text))
    except SyntaxError:
        return frozenset()


def _string_lines(tree: ast.AST) -> frozenset[int]:
    strings = [n for n in ast.walk(tree) if isinstance(n, ast.JoinedStr | ast.Constant)]
    return frozenset(line for n in strings for line in range(n.lineno + 1, (n.end_lineno or 0) + 1))


def _kept_comments(source: Source, span: Span, new: str) -> list[str]:
    """Comments within a range that `new` does not contain."""
    found, lines = [], iter(io.StringIO(span.of(source.text), newline="").readlines())
    try:
        for token in tokenize.generate_tokens(lambda: next(lines, "")):
            if token.type == tokenize.COMMENT and token.string not in new:
                found.append(token.string)
    except (tokenize.TokenError, IndentationError):
        pass
    return found


def _is_keyword(name: str) -> bool:
    return keyword.iskeyword(name) or keyword.issoftkeyword(name)
