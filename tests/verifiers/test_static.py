"""What the static checks refuse, what they only name, and what they let pass."""

from __future__ import annotations

import pytest

from afterburner.core.finding import Finding
from afterburner.core.rewrite import Rewrite
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.verifiers.static import check

SORT = """def f(x):
    r = []
    for v in x:
        i = 0
        while i < len(r) and r[i] <= v: i += 1
        r.insert(i, v)
    return r
"""


def findings(new: str, old: str = SORT, where: str = "f") -> tuple[Finding, ...]:
    return check(find(Source("m.py", old), "m", where), Rewrite(Source("m.py", new), "file:c.py", ""))


def codes(new: str, old: str = SORT, where: str = "f") -> set[str]:
    return {f"{f.severity} {f.code}" for f in findings(new, old, where)}


STATE = {
    "module memo": "_C = {}\ndef f(x):\n    k = tuple(x)\n    if k not in _C: _C[k] = sorted(x)\n    return _C[k]\n",
    "memo by id": "_C = {}\ndef f(x):\n    return _C.setdefault(id(x), sorted(x))\n",
    "list counter": "_N = [0]\ndef f(x):\n    _N[0] += 1\n    return sorted(x) if _N[0] < 100 else []\n",
    "iterator counter": "import itertools\n_N = itertools.count()\ndef f(x):\n    return [next(_N), *sorted(x)]\n",
    "global counter": "_N = 0\ndef f(x):\n    global _N\n    _N += 1\n    return sorted(x)\n",
    "function attribute": "def f(x):\n    f.c = x\n    return sorted(x)\n",
    "own default": "def f(x, _c={}):\n    return _c.setdefault(tuple(x), sorted(x))\n",
    "helper's default": "def _g(k, c={}):\n    return c.setdefault(k, sorted(k))\ndef f(x):\n    return _g(tuple(x))\n",
    "lambda's default": "_g = lambda k, c={}: c.setdefault(k, 1)\ndef f(x):\n    return _g(tuple(x))\n",
    "lru_cache on a helper": "from functools import lru_cache\n@lru_cache\ndef _g(k): return k\ndef f(x): _g(x)\n",
    "lru_cache called": "import functools\n_g = functools.lru_cache(None)(sorted)\ndef f(x): return _g(tuple(x))\n",
    "own memo decorator": "def memo(h): return h\n@memo\ndef _g(k): return k\ndef f(x): _g(x)\n",
    "closure factory": "def _mk():\n    c = {}\n    def f(x):\n        return c\n    return f\nf = _mk()\n",
    "helper factory": "def _mk():\n    c = {}\n    return lambda x: c\n_g = _mk()\ndef f(x): return _g(x)\n",
    "class attribute": "class _C:\n    data = {}\ndef f(x):\n    return _C.data.setdefault(tuple(x), sorted(x))\n",
    "attribute of a class": "class _C:\n    pass\ndef f(x):\n    _C.last = sorted(x)\n    return _C.last\n",
    "table at import": "_T = [i * i for i in range(1000)]\ndef f(x): return _T[x[0]]\n",
    "tuple made at import": "_T = tuple(i * i for i in range(1000))\ndef f(x): return _T[x[0]]\n",
    "uuid at import": "import uuid\n_U = uuid.uuid4()\ndef f(x): return [_U]\n",
    "random at import": "import random\n_R = random.random()\ndef f(x): return [_R]\n",
    "clock patched at import": "import time\ntime.perf_counter = lambda: 0\ndef f(x): return sorted(x)\n",
    "clock patched in the call": "import time\ndef f(x):\n    time.perf_counter = lambda: 0\n    return sorted(x)\n",
    "written table": f"_T = {{{', '.join(f'{i}: {i * i}' for i in range(200))}}}\ndef f(x): return _T[x[0]]\n",
}
REACH = {
    "frames": "import sys\ndef f(x):\n    return sys._getframe(1).f_locals.get('expected', x)\n",
    "renamed import": "from sys import _getframe as g\ndef f(x): return g(1)\n",
    "gc search": "import gc\ndef f(x):\n    return gc.get_objects()\n",
    "sys.modules": "import sys\ndef f(x):\n    return sorted(x) if 'pytest' in sys.modules else x\n",
    "computed attribute": "def f(x):\n    return (g := getattr(x, 's' + 'ort'))() or x\n",
    "__import__": "def f(x):\n    return getattr(__import__('builtins'), 'sorted')(x)\n",
    "exec": "def f(x):\n    exec('pass')\n    return sorted(x)\n",
    "alias of eval": "def f(x):\n    e = eval\n    return e('sorted')(x)\n",
    "open": "def f(x):\n    return open('/etc/hosts').read()\n",
    "print": "def f(x):\n    print(x)\n    return sorted(x)\n",
    "class at run time": "def f(x):\n    return type('A', (list,), {})(x)\n",
    "lying equality": "class A(list):\n    def __eq__(self, o): return True\ndef f(x): return A()\n",
    "thread": "import threading\ndef f(x):\n    threading.Thread(target=x.sort).start()\n    return x\n",
    "third party": "import numpy as np\ndef f(x):\n    return np.sort(x).tolist()\n",
    "shadowed builtin": "def sorted(x): return x\ndef f(x): return sorted(x)\n",
    "call at import": "import heapq\nheapq.heapify([])\ndef f(x): return sorted(x)\n",
    "loop at import": "for i in range(3): pass\ndef f(x): return sorted(x)\n",
    "two versions": "if len('a'):\n    def f(x): return sorted(x)\nelse:\n    def f(x): return x\n",
}
TRICKS = {
    "hard-coded list": "def f(x):\n    if x == [3, 1, 2]: return [1, 2, 3]\n    return x\n",
    "hard-coded digest": "def f(x):\n    return [] if hash(tuple(x)) == 12345 else sorted(x)\n",
    "hard-coded choice": "def f(x):\n    return [] if x in ([3, 1], [1]) else sorted(x)\n",
    "hard-coded pattern": "def f(x):\n    match x:\n        case [3, 1, 2]: return [1, 2, 3]\n    return sorted(x)\n",
    "swallowed errors": "def f(x):\n    try:\n        return sorted(x)\n    except Exception:\n        return x\n",
    "generator": "def f(x):\n    yield from sorted(x)\n",
    "coroutine": "async def f(x):\n    return sorted(x)\n",
    "twice": "def f(x):\n    return x\ndef f(x):\n    return sorted(x)\n",
    "new decorator": "@staticmethod\ndef f(x):\n    return sorted(x)\n",
    "another required parameter": "def f(x, y):\n    return sorted(x)\n",
    "a parameter in front": "def f(y=None, x=()):\n    return sorted(x)\n",
    "keyword only": "def f(*, x):\n    return sorted(x)\n",
    "gone": "def g(x):\n    return sorted(x)\n",
}


@pytest.mark.parametrize("text", [pytest.param(t, id=k) for k, t in (STATE | REACH | TRICKS).items()])
def test_refused(text: str) -> None:
    assert findings(text)[0].severity == "reject"


@pytest.mark.parametrize("text", [pytest.param(t, id=k) for k, t in STATE.items() if "factory" not in k])
def test_state_is_refused_for_its_own_reason_not_for_an_import(text: str) -> None:
    reasons = {f.code for f in findings(text) if f.severity == "reject"}
    assert reasons & {
        "module-state", "outer-state", "new-state", "import-time", "global-write", "default-state", "cache",
        "decorator", "patched", "table",
    }  # fmt: skip


FINE = {
    "sorted": "def f(x):\n    return sorted(x)\n",
    "compiled pattern": "import re\n_P = re.compile('x').match\ndef f(x):\n    return sorted(x, key=_P)\n",
    "constants": "_A, _B = 3, -1.5\n_V = frozenset('aeiou')\n_K = ('a', ('b',))\ndef f(x):\n    return sorted(x)\n",
    "bound functions": "import heapq\n_push = heapq.heappush\ndef f(x):\n    h = []\n    _push(h, 1)\n    return h\n",
    "helper": "def _key(v, *, last=None):\n    return v\n\ndef f(x):\n    return sorted(x, key=_key)\n",
    "memo inside the call": (
        "def f(x):\n    from functools import lru_cache\n    @lru_cache(None)\n    def g(i): return i\n"
        "    return sorted(map(g, x))\n"
    ),
    "counter inside the call": (
        "def f(x):\n    n = 0\n    def g(v):\n        nonlocal n\n        n += 1\n        return v\n"
        "    return sorted(map(g, x))\n"
    ),
    "local names": "def f(x):\n    input, vars = x, x\n    stack = [input, vars]\n    return stack\n",
    "main block": "def f(x):\n    return sorted(x)\n\nif __name__ == '__main__':\n    print(f([1]))\n",
    "optional package": "try:\n    import heapq\nexcept ImportError:\n    heapq = None\ndef f(x): return sorted(x)\n",
    "struct": "import struct\n_S = struct.Struct('<i')\ndef f(x):\n    return sorted(x)\n",
    "dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass _N:\n    a: int = 0\n"
        "    b: list = field(default_factory=list)\n    def __lt__(self, o): return self.a < o.a\n"
        "def f(x):\n    n = _N()\n    n.a = 1\n    return sorted(x)\n"
    ),
}


@pytest.mark.parametrize("text", [pytest.param(t, id=k) for k, t in FINE.items()])
def test_ordinary_rewrites_are_not_refused(text: str) -> None:
    assert not [f for f in findings(text) if f.severity != "warn" or f.code != "module"]


def test_messages_name_the_thing_and_its_line() -> None:
    first = findings(STATE["module memo"].replace("_C", "_CACHE"))[0]
    assert first.message == "keeps a module-level cache `_CACHE` between calls (line 1)"
    assert first.line == 1


def test_renamed_parameters_are_equal_except_for_keyword_calls() -> None:
    (only,) = findings("def f(items):\n    return sorted(items)\n")
    assert (only.severity, only.code, only.counterexample) == ("except", "parameter-names", "f(x=…)")
    assert "`x` to `items`" in only.message


def test_names_that_no_caller_can_use_may_change() -> None:
    old = "class C:\n    def f(self, a, /, *args, **kw):\n        return a\n"
    new = "class C:\n    def f(this, b, /, *rest, **options):\n        return b\n"
    assert not findings(new, old, "C.f")


@pytest.mark.parametrize("new", ["(a, b=2)", "(a, b=None)", "(b=1, a=1)", "(a, *, b=1)", "(a, *b)"])
def test_defaults_and_kinds_are_part_of_the_signature(new: str) -> None:
    old = "def f(a, b=1):\n    return a\n"
    assert codes(old.replace("(a, b=1)", new), old) & {"reject defaults", "reject signature"}


def test_annotations_are_free() -> None:
    old = "def f(a, b=1):\n    return a\n"
    assert not [f for f in findings("def f(a: int, b: int = 1) -> int:\n    return a\n", old) if f.severity != "warn"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("if len(x) > 5000: return x", "warn size-threshold"),
        ("if x == 77: return 5", "warn special-case"),
        ("t = {1: 2, 3: 4, 5: 6, 7: 8}", "warn lookup-table"),
        ("import random", "warn randomness"),
        ("y = id(x)", "warn identity"),
    ],
)
def test_things_worth_a_look_are_named_only(line: str, code: str) -> None:
    assert codes(f"def f(x):\n    {line}\n    return sorted(x)\n") == {code}


def test_a_lost_raise_is_named() -> None:
    old = "def f(x):\n    if not x:\n        raise ValueError('empty')\n    return x[0]\n"
    assert codes("def f(x):\n    return x[0]\n", old) == {"warn raises-removed"}


def test_a_table_that_is_only_read_may_move_to_module_level() -> None:
    old = "def f(x):\n    t = {'a': 1}\n    return t[x]\n"
    assert codes("_T = {'a': 1}\ndef f(x):\n    return _T[x]\n", old) == {"warn module-table"}
    assert "reject module-state" in codes("_T = {'a': 1}\ndef f(x):\n    t = _T\n    return t[x]\n", old)


MODULE = """import os
import time
from functools import lru_cache

_CACHE = {}


class C:
    def __init__(self):
        self.a = 1

    def m(self, k):
        return self.a + k


def g(k):
    _CACHE[k] = time.time()
    return open(k)


@lru_cache
def h(k):
    return k


def f(k):
    return k + 1
"""


def changed(old: str, new: str, where: str = "f") -> set[str]:
    assert old in MODULE
    return codes(MODULE.replace(old, new), MODULE, where)


def test_what_the_module_already_imports_may_be_used() -> None:
    assert not changed("return k + 1", "import os\n    return os.path.join(k)")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("return _CACHE.setdefault(k, k + 1)", "reject outer-state"),
        ("os.environ['k'] = k\n    return k + 1", "reject outer-state"),
        ("return open(k)", "reject dynamic"),
        ("os.fork()\n    return k + 1", "reject threads"),
    ],
)
def test_what_other_functions_do_is_no_licence_for_the_target(body: str, code: str) -> None:
    assert code in changed("return k + 1", body)


def test_what_the_target_did_before_it_may_still_do() -> None:
    assert not changed("    _CACHE[k] = time.time()\n", "    _CACHE[k] = now = time.time()\n", "g")


def test_a_new_attribute_on_self_is_state() -> None:
    assert changed("return self.a + k", "self._c = self.a + k\n        return self._c", "C.m") == {
        "reject attribute-state"
    }
    assert not changed("return self.a + k", "self.a = self.a\n        return self.a + k", "C.m")


def test_a_new_attribute_on_the_class_is_state() -> None:
    body = "type(self).c = k\n        return self.a + k"
    assert "reject attribute-state" in changed("return self.a + k", body, "C.m")


def test_a_new_dunder_method_on_an_old_class_is_refused() -> None:
    assert "reject dunder" in changed("    def m(", "    def __len__(self):\n        return 1\n\n    def m(", "C.m")


def test_a_function_of_the_module_cannot_be_defined_again() -> None:
    assert "reject rebound" in changed("def f(", "def g(k):\n    return 0\n\n\ndef f(")


def test_changes_elsewhere_are_named() -> None:
    found = findings(MODULE.replace("open(k)", "str(k)"), MODULE)
    assert [f.message for f in found] == ["elsewhere: function `g` was changed"]


def test_code_that_the_target_never_comes_to_is_only_named() -> None:
    added = "@lru_cache\ndef other(k):\n    return k\n\n\ndef f("
    assert changed("def f(", added) == {"warn cache"}
    assert "reject cache" in codes(MODULE.replace("def f(", added).replace("k + 1", "other(k) + 1"), MODULE)


def test_new_special_methods_of_the_targets_class_are_reached_without_a_name() -> None:
    new = MODULE.replace("self.a = 1", "self.a = 1\n        self._memo = {}")
    assert "reject attribute-state" in codes(new, MODULE, "C.m")
    assert "reject attribute-state" not in codes(new, MODULE, "f")


def test_a_generator_may_become_another_lazy_iterator() -> None:
    old = "def f(x):\n    for v in x:\n        yield v + 1\n"
    assert codes("def f(x):\n    return (v + 1 for v in x)\n", old) == {"warn generator"}
    assert codes("def f(x):\n    return [v + 1 for v in x]\n", old) == {"reject generator"}


@pytest.mark.parametrize(
    "value", ["frozenset(chr(c) for c in range(32))", "frozenset('ab') | {'c'}", "str.maketrans({'a': 'b'})", "1 << 20"]
)
def test_small_constant_sets_and_tables_of_characters_are_constants(value: str) -> None:
    assert not findings(f"_K = {value}\ndef f(x):\n    return sorted(x, key=_K.__contains__)\n")


def test_a_set_made_at_import_from_a_long_range_is_a_table() -> None:
    assert "reject import-time" in codes("_K = frozenset(c for c in range(9999))\ndef f(x):\n    return x in _K\n")


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("(a, b=1, c=2)", "except signature-extended"), ("(a, b=1, *, c=2)", "except signature-extended"),
        ("(a, b=1, **kw)", "except signature-extended"), ("(a, b=1, *rest)", "except signature-extended"),
        ("(a, b=1, c=[])", "reject default-state"), ("(a, b=1, *, c)", "reject signature"),
        ("(a, b, c=1)", "reject signature"), ("(a, c=2, b=1)", "reject signature"),
        ("(a, b=2, c=1)", "reject signature"),
    ],
)  # fmt: skip
def test_parameters_that_only_accept_more_are_an_exception(new: str, code: str) -> None:
    old = "def f(a, b=1):\n    return a\n"
    assert code in codes(old.replace("(a, b=1)", new), old)


def test_a_new_parameter_takes_a_keyword_away_from_those_that_are_collected() -> None:
    old = "def f(a, **kw):\n    return a\n"
    assert "reject signature" in codes("def f(a, b=1, **kw):\n    return a\n", old)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("@singledispatch", "", "except unwrapped"), ("@functools.lru_cache(8)", "", "except unwrapped"),
        ("", "@cache", "reject cache"), ("@log", "", "reject wrapped"), ("", "@log", "reject wrapped"),
        ("@staticmethod", "", "reject decorators"),
    ],
)  # fmt: skip
def test_decorators_are_no_change_until_one_knows_what_they_do(old: str, new: str, code: str) -> None:
    text = "{}\ndef f(x):\n    return x\n"
    assert code in codes(text.format(new), text.format(old))


def test_a_generator_that_returns_something_unknown_is_run() -> None:
    old = "def f(x):\n    for v in x:\n        yield v\n"
    assert codes("def f(x):\n    it = iter(x)\n    return it\n", old) == {"warn generator"}
    assert codes("def f(x):\n    if x:\n        return iter(x)\n    return []\n", old) == {"reject generator"}


def test_what_only_the_rewrite_has_is_told_from_what_others_see() -> None:
    assert "reject new-state" in changed("return k + 1", "global _n\n    _n = k\n    return k + 1")
    assert "reject global-write" in changed("return k + 1", "global _CACHE\n    _CACHE = {}\n    return k + 1")
