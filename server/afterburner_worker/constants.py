"""Folds what steers generation out of source text: constants, thresholds, alphabets, and how parameters are used."""

from __future__ import annotations

import ast
import re
from typing import Any, Dict, Iterable, List, Set

from afterburner_worker.usage import used_as

_MOST = 60
_LONGEST = 40
_FROM_CALLS = {
    "isdigit": "0123456789ab",
    "isnumeric": "0123456789.-",
    "isdecimal": "0123456789",
    "bin": "01",
    "hex": "0123456789abcdef",
    "isupper": "abABC ",
    "islower": "abABC ",
    "upper": "abcABC ",
    "lower": "abcABC ",
    "swapcase": "abAB1 ",
    "title": "ab A",
    "capitalize": "abA ",
    "isalpha": "abzAZ09 ",
    "isalnum": "abZ09 _-",
    "isspace": "ab \t\n",
    "split": "ab ",
    "strip": "ab \t",
    "splitlines": "ab\n\r",
    "chr": "abcxyz",
    "ord": "abcxyzAZ",
}
"""Characters worth writing strings with where a source calls one of these."""


def constants_of(*texts: str, name: str = "") -> Dict[str, List[Any]]:
    """What the sources mention, by type name: "int" (with neighbours), "float", "str", "bytes", "alphabet".

    "size" holds lengths around each comparison of a length. What is tied to one parameter stands under
    "int:NAME", "float:NAME", "str:NAME" (values it is compared with), "size:NAME" (lengths it is compared with),
    "type:NAME" (descriptions of types that its use suggests) and, with an empty list, "sorted:NAME" (bisected).
    "group" holds lists of strings that one literal lists together, "separator" characters between parts of strings.
    Text that does not parse gives nothing. With a `name`, only the functions of that name count, and what stands at the
    top of the module under the names that they use, where there are such functions.
    """
    found: Dict[str, List[Any]] = {}
    for text in texts:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for part in _reached(tree, name) or [tree]:
            _fold(part, found)
    return {name: _unique(items)[:_MOST] for name, items in found.items()}


def _reached(tree: ast.Module, name: str) -> List[ast.AST]:
    """The functions of this name, and what they use of the module and of `self`, directly or one step on."""
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    reached: List[ast.AST] = [node for node in functions if node.name == name]
    for _ in range(2 if reached else 0):
        inside = [node for part in reached for node in ast.walk(part)]
        used = {node.id for node in inside if isinstance(node, ast.Name)}
        own = {node.attr for node in inside if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}
        reached += [part for part in tree.body if part not in reached and _bound_names(part) & used]
        reached += [part for part in functions if part not in reached and part.name in own]
    return reached


def _bound_names(statement: ast.stmt) -> Set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _fold(tree: ast.AST, found: Dict[str, List[Any]]) -> None:
    docs = _docstrings(tree)
    apart = {id(node) for node in (*docs, *_annotations(tree))}
    lengths = _length_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in apart:
            _constant(node.value, found)
        elif isinstance(node, ast.Compare):
            _comparison(node, lengths, found)
        elif isinstance(node, ast.Call):
            _call(node, found)
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
            _literal(node, found)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for name, types in used_as(node).items():
                found.setdefault("type:" + name, []).extend(types)
    for doc in docs:
        words = re.findall(r"""(?<![A-Za-z])(?:'([^'\n]{1,30})'|"([^"\n]{1,30})")""", str(doc.value))
        found.setdefault("str", []).extend([first or second for first, second in words][:12])


def _docstrings(tree: ast.AST) -> List[ast.Constant]:
    docs = []
    for node in ast.walk(tree):
        for statement in getattr(node, "body", ()) if not isinstance(node, (ast.Lambda, ast.IfExp)) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                docs.append(statement.value)
    return docs


def _annotations(tree: ast.AST) -> List[ast.AST]:
    """Every node inside an annotation: text there names types, not values."""
    roots = [getattr(node, part, None) for node in ast.walk(tree) for part in ("annotation", "returns")]
    return [node for root in roots if root is not None for node in ast.walk(root)]


def _length_names(tree: ast.AST) -> Dict[str, str]:
    """Local names that stand for a length: `n = len(xs)` gives {"n": "xs"}."""
    out: Dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts))
            for name, value in pairs:
                if isinstance(name, ast.Name) and (measured := _measured(value)):
                    out[name.id] = measured
    return out


def _measured(node: ast.AST) -> str:
    """The name inside `len(NAME)`, "" for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and node.args:
        return node.args[0].id if isinstance(node.args[0], ast.Name) else "*"
    return ""


def _constant(value: Any, found: Dict[str, List[Any]]) -> None:
    kind = type(value).__name__
    if kind == "int":
        found.setdefault("int", []).extend((value, value + 1, value - 1))
    elif kind == "float":
        found.setdefault("float", []).extend((value, -value, value + 0.01, value - 0.01))
    elif kind in ("str", "bytes") and 0 < len(value) <= _LONGEST:
        found.setdefault(kind, []).append(value)
        found.setdefault("int", []).append(len(value))
        if kind == "str" and not any(c in value for c in "%{") and len(set(value)) > 1:
            found.setdefault("alphabet", []).append(value + "ab" if value.isspace() else value)
        elif kind == "str" and len(value) == 1:
            found.setdefault("letter", []).append(value)
        if kind == "str" and len(value) <= 2 and not any(c.isalnum() for c in value):
            found.setdefault("separator", []).append(value)


def _comparison(node: ast.Compare, lengths: Dict[str, str], found: Dict[str, List[Any]]) -> None:
    sides = [node.left, *node.comparators]
    for side, other in [*zip(sides, sides[1:]), *zip(sides[1:], sides)]:
        for value in _literals(other):
            _compared(side, value, lengths, found)


def _compared(side: ast.expr, value: Any, lengths: Dict[str, str], found: Dict[str, List[Any]]) -> None:
    kind = type(value).__name__
    measured = _measured(side) or (lengths.get(side.id, "") if isinstance(side, ast.Name) else "")
    if measured and kind == "int":
        for name in ("size", "size:" + measured):
            found.setdefault(name, []).extend((value, value + 1, value - 1))
        return
    names = [item.id for item in ast.walk(side) if isinstance(item, ast.Name)]
    near = {"int": (0, 1, -1), "float": (0.0, 0.01, -0.01)}.get(kind)
    for name in names[:2]:
        found.setdefault(f"{kind}:{name}", []).extend([value + step for step in near] if near else [value])


def _literals(node: ast.expr) -> List[Any]:
    """The constants of one side of a comparison: itself, its negation, or the items of a literal collection."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, str, bytes):
        return [node.value]
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return [value for item in node.elts[:8] for value in _literals(item)]
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return []
    return [value] if type(value) in (int, float) else []


def _call(node: ast.Call, found: Dict[str, List[Any]]) -> None:
    name = (
        node.func.id
        if isinstance(node.func, ast.Name)
        else node.func.attr
        if isinstance(node.func, ast.Attribute)
        else ""
    )
    if name in _FROM_CALLS:
        found.setdefault("alphabet", []).append(_FROM_CALLS[name])
    if name == "int" and len(node.args) == 1:
        found.setdefault("alphabet", []).append("0123456789")
    if name == "split" and not node.args:
        found.setdefault("separator", []).append(" ")
    if name.startswith(("bisect", "insort")) and node.args and isinstance(node.args[0], ast.Name):
        found.setdefault("sorted:" + node.args[0].id, [])


def _literal(node: ast.expr, found: Dict[str, List[Any]]) -> None:
    items = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
    texts = [item.value for item in items if isinstance(item, ast.Constant) and type(item.value) is str]
    if len(texts) > 1:
        found.setdefault("group", []).append(texts[:40])


def merged_constants(several: Iterable[Dict[str, List[Any]]]) -> Dict[str, List[Any]]:
    """The constants of several sources together."""
    out: Dict[str, List[Any]] = {}
    for found in several:
        for name, items in found.items():
            out[name] = _unique([*out.get(name, []), *items])
    return out


def _unique(items: List[Any]) -> List[Any]:
    return list({(type(item), repr(item)): item for item in items}.values())
