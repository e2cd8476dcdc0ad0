"""Runs the cases of tests/rules/*.md: what a rule makes of a text, and that both texts then do the same.

A case is a `##` heading with fenced blocks: `python before`, then `python after` and `calls`; or `before` alone under
a heading that begins "Not offered". A `facts` block gives lines such as `parameter: type; type`, `self.attribute: type`
and `python: 3.11`; without the types, a case that is not offered for them is offered.
AFTERBURNER_UPDATE_RULES=1 writes the `after` blocks anew.
"""

from __future__ import annotations

import ast
import copy
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite
from afterburner.core.source import Source
from afterburner.core.target import find, functions
from afterburner.rules import discover

HERE = Path(__file__).parent
UPDATE = os.environ.get("AFTERBURNER_UPDATE_RULES") == "1"
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One case of a rule's page."""

    rule: str
    title: str
    blocks: dict[str, str] = field(repr=False)

    @property
    def offered(self) -> bool:
        return not self.title.lower().startswith("not offered")

    @property
    def before(self) -> Source:
        return Source("example.py", self.blocks["before"])

    @property
    def calls(self) -> list[str]:
        return self.blocks["calls"].splitlines()

    @property
    def facts(self) -> Facts:
        lines = dict(line.split(":", 1) for line in self.blocks.get("facts", "").splitlines())
        version = tuple(int(part) for part in lines.pop("python", "3.9").split("."))
        types = {name: frozenset(t.strip() for t in kinds.split(";")) for name, kinds in lines.items()}
        return Facts(types=types, python=(version[0], version[1]))

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def examples() -> Iterator[Example]:
    for path in sorted(HERE.glob("*.md")):
        for part in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, rest = part.partition("\n")
            blocks = {(label.strip() or kind): text for kind, label, text in FENCE.findall(rest)}
            yield Example(path.stem, title.strip(), blocks)


ALL = list(examples())
OFFERED = [example for example in ALL if example.offered]


def proposals(example: Example, name: str) -> list[Rewrite]:
    target = find(example.before, "example", name)
    return list(discover()[example.rule].find(target, example.facts))


def target_name(example: Example) -> str:
    """`f` of `f([1])`, `C.m` of `C().m([1])`."""
    call = ast.parse(example.calls[0], mode="eval").body
    assert isinstance(call, ast.Call)
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id=owner)), attr=name):
            return f"{owner}.{name}"
        case function:
            return ast.unparse(function)


@pytest.mark.parametrize("example", OFFERED, ids=str)
def test_the_rewrite_is_the_one_shown(example: Example) -> None:
    found = proposals(example, target_name(example))
    assert found, "nothing is proposed"
    if UPDATE:
        write(example, found[0].source.text)
    else:
        assert found[0].source.text == example.blocks["after"]


@pytest.mark.parametrize("example", OFFERED, ids=str)
def test_every_rewrite_does_the_same(example: Example) -> None:
    for rewrite in proposals(example, target_name(example)):
        for call in example.calls:
            assert outcome(rewrite.source.text, call) == outcome(example.blocks["before"], call), call


@pytest.mark.parametrize("example", [example for example in ALL if not example.offered], ids=str)
def test_silence(example: Example) -> None:
    for name, _, _ in functions(example.before):
        assert [rewrite.idea for rewrite in proposals(example, name)] == []


@pytest.mark.parametrize("example", [e for e in ALL if not e.offered and e.facts.types], ids=str)
def test_it_is_the_types_seen_that_decide(example: Example) -> None:
    bare = replace(example, blocks={**example.blocks, "facts": ""})
    assert any(proposals(bare, name) for name, _, _ in functions(example.before))


@pytest.mark.parametrize("rule", sorted(discover()))
def test_every_rule_shows_what_it_offers_and_what_not(rule: str) -> None:
    mine = [example for example in ALL if example.rule == rule]
    assert sum(example.offered for example in mine) >= 3
    assert sum(not example.offered for example in mine) >= 3
    assert all(example.calls for example in mine if example.offered)


def outcome(text: str, call: str) -> tuple[Any, ...]:
    """What a call gives, in exact types: its value or exception, and its arguments afterwards."""
    scope: dict[str, Any] = {"__name__": "example"}
    exec(compile(text, "example.py", "exec"), scope)
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    function: Callable[..., Any] = eval(ast.unparse(node.func), scope)
    arguments = [eval(ast.unparse(argument), scope) for argument in node.args]
    try:
        result = exact(copy.copy(function(*arguments)))
    except Exception as error:
        result = type(error).__name__
    return result, exact(arguments)


def exact(value: Any) -> Any:
    match value:
        case list() | tuple():
            return type(value).__name__, [exact(item) for item in value]
        case dict():
            return type(value).__name__, [(exact(key), exact(item)) for key, item in value.items()]
        case set() | frozenset():
            return type(value).__name__, sorted(str(exact(item)) for item in value)
        case Iterator():
            return "iterator", [exact(item) for item in value]
        case object(__dict__=attributes) if not isinstance(value, type):
            return type(value).__name__, exact(attributes)
    return type(value).__name__, repr(value)


def write(example: Example, after: str) -> None:
    path = HERE / f"{example.rule}.md"
    parts = re.split(r"^(?=## )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    place = next(i for i, part in enumerate(parts) if part.startswith(f"## {example.title}\n"))
    part = re.sub(r"```python after\n.*?```\n\n?", "", parts[place], flags=re.DOTALL)
    parts[place] = part.replace("```calls", f"```python after\n{after}```\n\n```calls", 1)
    path.write_text("".join(parts), encoding="utf-8")
