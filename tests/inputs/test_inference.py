"""Types that are read off a function, and the sentence for one that nothing is known of."""

from __future__ import annotations

import pytest

from afterburner.core.source import Source
from afterburner.core.target import Target, find
from afterburner.inputs.inference import infer, needs_call


def target(text: str, where: str = "f") -> Target:
    return find(Source("m.py", text), "m", where)


def first(text: str, where: str = "f") -> dict[str, str]:
    return {name: types[0] for name, types in infer(target(text, where)).items()}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(a, t):\n for i in range(len(a)):\n  if a[i] + a[i - 1] == t: return i", {"a": "list[int]", "t": "int"}),
        ("def f(q):\n return q % 2", {"q": "int"}),
        ("def f(q):\n return q / 2", {"q": "int"}),
        ("def f(q):\n return q < 0.5", {"q": "int"}),
        ("def f(q):\n for i in range(q): pass", {"q": "int"}),
        ("def f(q):\n return q.split(',')", {"q": "str"}),
        ("def f(q):\n return [ord(c) for c in q]", {"q": "str"}),
        ("def f(q):\n return sum(c in 'aeiou' for c in q)", {"q": "str"}),
        ("def f(q):\n return [w.split() for w in q]", {"q": "list[str]"}),
        ("def f(q):\n return ','.join(q)", {"q": "list[str]"}),
        ("def f(q):\n q.append(1)", {"q": "list[int]"}),
        ("def f(q):\n return sum(q)", {"q": "list[int]"}),
        ("def f(q):\n return [q[i][j] for i in range(2) for j in range(2)]", {"q": "list[list[int]]"}),
        ("def f(q):\n return [w * v for w, v in q]", {"q": "list[tuple[int, int]]"}),
        ("def f(q):\n return [s.upper() * n for s, n in q]", {"q": "list[tuple[str, int]]"}),
        ("def f(q):\n return [k.upper() for k, v in q.items() if v > 3]", {"q": "dict[str, int]"}),
        ("def f(q):\n return {v: k for k, v in q.items()}", {"q": "dict[str, int]"}),
        ("def f(q):\n r = {}\n for k in q: r[k] = q[k]\n return r", {"q": "dict[str, int]"}),
        ("def f(q):\n return [r['price'] + 1 for r in q]", {"q": "list[dict[str, int]]"}),
        ("def f(q, r):\n return q.union(r)", {"q": "set[int]"}),
        ("def f(q, xs):\n return [q(x) for x in xs]", {"q": "callable", "xs": "list[int]"}),
        ("def f(q):\n return struct.unpack('<i', q)", {"q": "bytes"}),
        ("def f(q):\n if isinstance(q, (int, float)): return 1", {"q": "float"}),
        ("def f(n, s, words, grid, d): pass", {
            "n": "int", "s": "str", "words": "list[str]", "grid": "list[list[int]]", "d": "dict[str, int]"}),
        ("def f(words):\n return [w for w in words if w[::-1] == w]", {"words": "list[str]"}),
        ("def f(*xs):\n return sum(xs)", {"xs": "int"}),
        ("def f(q: 'list[str]', r: dict[str, int], *, s: int = 3): pass", {
            "q": "list[str]", "r": "dict[str, int]", "s": "int"}),
        ("def f(q: list):\n return [w.split() for w in q]", {"q": "list[str]"}),
        ("def f(q=0.5, sep=','): pass", {"q": "float", "sep": "str"}),
        ('def f(q):\n """f([(1, "a")]) is 1"""', {"q": "list[tuple[int, str]]"}),
    ],
)  # fmt: skip
def test_the_likeliest_type(code: str, expected: dict[str, str]) -> None:
    assert first(code + "\n") == expected


def test_names_are_followed_through_assignments_and_loops() -> None:
    code = "def f(q):\n rows = q\n for i, row in enumerate(rows):\n  for cell in row:\n   x = cell\n   x.split()\n"
    assert first(code) == {"q": "list[list[str]]"}


def test_a_default_of_none_is_one_of_the_types() -> None:
    types = infer(target("def f(q=None):\n    return q.split()\n"))["q"]
    assert types == ("str", "None")


def test_a_float_stands_beside_an_int_where_both_fit() -> None:
    assert infer(target("def f(q):\n    return q - 1\n"))["q"] == ("int", "float")


def test_nothing_is_said_of_objects() -> None:
    assert infer(target("def f(conn):\n    return conn.execute(1)\n")) == {}


def test_a_method_has_no_type_for_self() -> None:
    code = "class C:\n    def m(self, n):\n        return self.x[n % 2]\n"
    assert first(code, "C.m") == {"n": "int"}


@pytest.mark.parametrize(
    ("code", "where", "said"),
    [
        ("def f(conn, k=2):\n    return conn.execute(k)\n", "f",
         "No inputs could be made for f(conn, k=2): nothing tells what `conn` should be. "
         'Give a call: --call "f(...)".'),
        ("def f(conn):\n    return conn.execute()\n", "f",
         "Or keep calls in a file: `afterburner inputs m.py::f --write`."),
        ("def f(n, *, s):\n    return s.split()[n % 2]\n", "f", "--call \"f(3, s='abc')\"."),
        ("def f(n=3):\n    return n % 2\n", "f", '--call "f(n=3)".'),
        ("class C:\n    def __init__(self, d: dict[str, int]): pass\n    def m(self, xs: list[str]): pass\n", "C.m",
         "--call \"C({'abc': 3}).m(['b', 'a'])\"."),
        ("class C:\n    @property\n    def p(self): pass\n", "C.p", '--call "C().p".'),
        ("class C:\n    @classmethod\n    def m(cls, t: tuple[int, ...], o: 'str | None'): pass\n", "C.m",
         "--call \"C.m((3, 3), 'abc')\"."),
        ("def f(p1, q, r):\n    return p1.x, q.y, r.z\n", "f", "what `p1`, `q` and `r` should be"),
    ],
)  # fmt: skip
def test_the_sentence_for_a_function_without_inputs(code: str, where: str, said: str) -> None:
    assert said in needs_call(target(code, where))
