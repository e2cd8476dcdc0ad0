"""Python expressions laid out as `ruff format` lays them out, as far as calls and literals go."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator

WIDTH = 120
_STEP = 4
_BRACKETS = {ast.List: "[]", ast.Tuple: "()", ast.Set: "{}", ast.Dict: "{}"}


def laid_out(text: str, indent: int = 0, used: int = 0, after: int = 0) -> str:
    """An expression over as many lines as it takes; it begins `used` columns into a line that is indented by `indent`,
    and `after` characters follow it. What cannot be split stays one line, however long."""
    return _laid_out(ast.parse(text, mode="eval").body, indent, used, after)


def spelled(text: str) -> str:
    """One line of code with its texts in double quotes, unless that takes more escapes, and no plus in exponents.

    A line that is no code of its own, such as one of a docstring, stays as it is.
    """
    out, end = "", 0
    try:
        words = list(_words(text))
    except (tokenize.TokenError, SyntaxError):
        return text
    for start, stop, is_text in words:
        word = text[start:stop]
        out += text[end:start] + (_double(word) if is_text else word.replace("e+", "e"))
        end = stop
    return out + text[end:]


def _words(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where each text and number stands in a line, and whether it is a text; an f-string is one, whatever is in it."""
    start, depth = 0, 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if token.start[0] != 1 or token.end[0] != 1:
            continue
        if kind.endswith("STRING_START"):  # from 3.12 on f-strings come in parts
            start, depth = start if depth else token.start[1], depth + 1
        elif kind.endswith("STRING_END"):
            depth -= 1
            if not depth:
                yield start, token.end[1], True
        elif kind in ("STRING", "NUMBER") and not depth:
            yield token.start[1], token.end[1], kind == "STRING"


def _laid_out(node: ast.expr, indent: int, used: int, after: int) -> str:
    flat = spelled(ast.unparse(node))
    if used + len(flat) + after <= WIDTH or "\n" in flat:
        return flat
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        return _call(node, indent)
    brackets = _BRACKETS.get(type(node))
    items = _items(node)
    if brackets is None or not items:
        return flat
    return _exploded(brackets[0], items, brackets[1], indent)


Item = tuple[str, ast.expr]
"""What stands before a value, such as `key=`, and the value."""


def _items(node: ast.expr) -> list[Item]:
    if isinstance(node, ast.Dict):
        return [(f"{spelled(ast.unparse(k))}: " if k else "**", v) for k, v in zip(node.keys, node.values, strict=True)]
    return [("", item) for item in getattr(node, "elts", [])]


def _call(node: ast.Call, indent: int) -> str:
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(node.func, ast.Attribute) and isinstance(base, ast.Call) and (base.args or base.keywords):
        rest = f".{node.func.attr}({spelled(ast.unparse(node)).removeprefix(spelled(ast.unparse(node.func)) + '(')}"
        return _call(base, indent) + rest  # the first brackets are the ones that open
    opening = spelled(ast.unparse(node.func)) + "("
    items: list[Item] = [("", argument) for argument in node.args]
    items += [(f"{keyword.arg}=" if keyword.arg else "**", keyword.value) for keyword in node.keywords]
    together = ", ".join(lead + spelled(ast.unparse(value)) for lead, value in items)
    if indent + _STEP + len(together) <= WIDTH:
        return f"{opening}\n{' ' * (indent + _STEP)}{together}\n{' ' * indent})"
    return _exploded(opening, items, ")", indent, comma="," if len(items) > 1 else "")


def _exploded(opening: str, items: list[Item], closing: str, indent: int, comma: str = ",") -> str:
    inner = indent + _STEP
    lines = [f"{' ' * inner}{lead}{_laid_out(value, inner, inner + len(lead), 1)}{comma}\n" for lead, value in items]
    return f"{opening}\n{''.join(lines)}{' ' * indent}{closing}"


def _double(string: str) -> str:
    """A string token in double quotes; triple quoted ones and those with more double than single quotes stay."""
    prefix = string[: len(string) - len(string.lstrip("bBrRuUfF"))]
    body = string[len(prefix) :]
    if not body.startswith("'") or body.startswith("'''"):
        return string
    inner = body[1:-1]
    if '"' in inner and ("r" in prefix.lower() or "f" in prefix.lower()):
        return string
    if inner.count('"') > inner.count("\\'"):
        return string
    plain = inner.replace("\\'", "'") if "r" not in prefix.lower() else inner
    return f'{prefix}"{plain.replace(chr(34), chr(92) + chr(34))}"'
