"""Classes whose constructor keeps its arguments and does nothing else."""

from __future__ import annotations

import pytest

from afterburner.core.constructors import evident
from afterburner.core.source import Source

KEPT = """
class C:
    def __init__(self, a, *, b=2):
        '''Keep both.'''
        self.b = b
        self.a = a
"""


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (KEPT, ("a", "b")),
        ("@dataclass\nclass C:\n    a: int\n    b: str = 'x'\n", ("a", "b")),
        ("@dataclasses.dataclass(frozen=True)\nclass C:\n    a: int\n    def m(self): pass\n", ("a",)),
    ],
)
def test_evident_ones_have_their_parameters(code: str, fields: tuple[str, ...]) -> None:
    assert evident(Source("m.py", code), "pkg.m") == {"pkg.m:C": fields}
    inside = "class Outer:\n" + "".join(f"    {line}\n" for line in code.splitlines())
    assert evident(Source("m.py", inside), "m") == {"m:Outer.C": fields}


@pytest.mark.parametrize(
    "code",
    [
        KEPT.replace("self.a = a", "self.a = list(a)"),
        KEPT.replace("self.a = a", "self.a = self.c = a"),
        KEPT.replace("self.a = a", "pass"),
        KEPT.replace("*, b=2", "*b"),
        KEPT.replace("class C:", "class C(Base):"),
        KEPT.replace("class C:", "@register\nclass C:"),
        KEPT + "    def __setattr__(self, name, value): pass\n",
        "@dataclass\nclass C:\n    a: int\n    def __post_init__(self): self.b = 1\n",
        "@dataclass\nclass C:\n    a: list = field(default_factory=list)\n",
        "@dataclass\nclass C:\n    a: ClassVar[int] = 1\n",
        "@dataclass(init=False)\nclass C:\n    a: int\n",
        "class C:\n    a: int\n",
    ],
)
def test_others_are_not_guessed_at(code: str) -> None:
    assert evident(Source("m.py", code), "m") == {}
