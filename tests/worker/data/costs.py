"""Prints, as JSON, what the worker's own means say of a few functions; run under the interpreter in question."""
import json
import sys

sys.path.insert(0, sys.argv[1])
from afterburner_worker import profiling
from afterburner_worker.install import install
from afterburner_worker.messages import CaseSpec, Install, TimeLines, Version, WeighMemory
from afterburner_worker.run_messages import Module

TEXT = '''
import functools

def plain(n):
    total = 0
    for i in range(n):
        total += i
    return total

def lazily(n):
    for i in range(n):
        yield i

@functools.lru_cache(None)
def cached(n):
    return n + 1

def recursive(n):
    if n < 2:
        return n
    return recursive(n - 1) + recursive(n - 2)

def raises(n):
    if n:
        raise ValueError(n)

def helper(n):
    return [None] * n

def allocates(n):
    kept = [None] * n
    gone = helper(2 * n)
    del gone
    return kept

class C:
    @property
    def total(self):
        return sum(range(10))

    @classmethod
    def made(cls, n):
        return [cls() for _ in range(n)]
'''
CALLS = {
    "plain": "plain(5)", "lazily": "lazily(3)", "cached": "cached(1)", "recursive": "recursive(4)",
    "raises": "raises(1)", "allocates": "allocates(100000)", "C.total": "C().total", "C.made": "C.made(3)",
}
module = type(sys)("subject")
module.__file__ = "subject.py"
sys.modules["subject"] = module
exec(compile(TEXT, "subject.py", "exec"), module.__dict__)


def placed(name):
    return install(Install(name, Version(TEXT), Module("subject", "subject.py", TEXT)))


def lines(name):
    [found] = profiling.time_lines(placed(name), TimeLines([CaseSpec(0, CALLS[name])], 0.02))
    assert not found.error, found.error
    assert all(spent >= 0 for _, _, spent in found.lines)
    return {TEXT.splitlines()[line - 1].strip(): hits / found.calls for line, hits, _ in found.lines}


def memory(name):
    [found] = profiling.weigh_memory(placed(name), WeighMemory([CaseSpec(0, CALLS[name])], 5.0, lines=True))
    assert not found.error, found.error
    table = {TEXT.splitlines()[line - 1].strip(): size for line, _, size in found.lines if size > 10000}
    return {"peaks": found.peaks, "lines": table, "tool": found.tool, "means": found.means}


print(json.dumps({"lines": {name: lines(name) for name in CALLS}, "memory": memory("allocates")}))
