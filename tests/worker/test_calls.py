"""A case's arguments lead to the target itself, also where a subclass overrides it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from afterburner_worker import calls, loader
from afterburner_worker.install import Placed, code_within, live_function
from afterburner_worker.run_messages import Module

TEXT = """
class Box:
    def add(self, n):
        return ["Box", n]

    @classmethod
    def make(cls, n):
        return [cls.__name__, n]

    @property
    def name(self):
        return "Box"

class Sub(Box):
    def add(self, n):
        return ["Sub", *super().add(n + 1)]

    @classmethod
    def make(cls, n):
        return ["Sub", *super().make(n + 1)]

    @property
    def name(self):
        return "Sub" + super().name

class Plain(Box):
    pass
"""


@pytest.fixture
def module(tmp_path: Path) -> Any:
    file = tmp_path / "boxes_of_calls.py"
    file.write_text(TEXT)
    yield loader.load(Module("boxes_of_calls", str(file), TEXT, [str(tmp_path)]))
    del sys.modules["boxes_of_calls"]
    sys.path.remove(str(tmp_path))


@pytest.mark.parametrize(
    ("qualname", "receiver", "args", "result"),
    [
        ("Box.add", "Sub()", (1,), ["Box", 1]),
        ("Box.add", "Plain()", (1,), ["Box", 1]),
        ("Sub.add", "Sub()", (1,), ["Sub", "Box", 2]),
        ("Box.make", "Sub", (1,), ["Sub", 1]),
        ("Box.make", "Plain", (1,), ["Plain", 1]),
        ("Box.name", "Sub()", (), "Box"),
        ("Sub.name", "Sub()", (), "SubBox"),
    ],
)
def test_an_override_is_passed_by(module: Any, qualname: str, receiver: str, args: Any, result: Any) -> None:
    code = code_within(compile(TEXT, module.__file__, "exec"), qualname)
    placed = Placed(module, qualname, live_function(module, qualname, code))
    roots = {"args": args, "kwargs": {}, "receiver": eval(receiver, vars(module))}
    call = calls.from_roots(placed, roots)
    assert call.function(*call.args, **call.kwargs) == result
