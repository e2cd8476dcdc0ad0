"""Checks on what the rewrite can reach: imports, interpreter internals, dynamic code, threads, other people's names."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator

from afterburner.core.finding import Finding
from afterburner.core.units import bound_names, loaded_names
from afterburner.verifiers.static._change import Change, finding, is_main, local_names, own, short, words

DANGEROUS = frozenset(
    {
        "_thread", "asyncio", "atexit", "builtins", "cProfile", "code", "codeop", "concurrent", "contextvars", "ctypes",
        "dbm", "dis", "faulthandler", "fcntl", "ftplib", "gc", "http", "imp", "importlib", "inspect", "io", "linecache",
        "logging", "marshal", "mmap", "multiprocessing", "opcode", "os", "pathlib", "pickle", "pkgutil", "posix",
        "profile", "pstats", "pty", "resource", "runpy", "sched", "select", "selectors", "shelve", "shutil", "signal",
        "site", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "symtable", "sys", "sysconfig",
        "tempfile", "threading", "time", "timeit", "trace", "traceback", "tracemalloc", "unittest", "urllib",
        "warnings", "weakref", "webbrowser", "xmlrpc", "zipimport",
    }
)  # fmt: skip
RANDOM = frozenset({"random", "secrets", "uuid"})
INTROSPECTION = frozenset(
    {
        "__base__", "__bases__", "__builtins__", "__closure__", "__code__", "__defaults__", "__dict__", "__globals__",
        "__kwdefaults__", "__loader__", "__mro__", "__spec__", "__subclasses__", "_current_frames", "_exit",
        "_getframe", "addaudithook", "ag_frame", "cr_frame", "currentframe", "f_back", "f_builtins", "f_code",
        "f_globals", "f_locals", "get_objects", "get_referents", "get_referrers", "getframeinfo", "getinnerframes",
        "getouterframes", "gi_frame", "set_int_max_str_digits", "setprofile", "setrecursionlimit",
        "setswitchinterval", "settrace", "tb_frame",
    }
)  # fmt: skip
DYNAMIC = frozenset(
    {
        "__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "globals", "help", "input", "locals",
        "open", "print", "quit", "setattr", "vars",
    }
)  # fmt: skip
LYING = frozenset(
    {
        "__class__", "__copy__", "__deepcopy__", "__del__", "__delattr__", "__eq__", "__getattr__", "__getattribute__",
        "__getstate__", "__hash__", "__init_subclass__", "__instancecheck__", "__mro_entries__", "__ne__", "__new__",
        "__prepare__", "__reduce__", "__reduce_ex__", "__set_name__", "__setattr__", "__setstate__",
        "__subclasscheck__", "__subclasshook__",
    }
)  # fmt: skip
THREADS = frozenset(
    {
        "Pool", "Process", "ProcessPoolExecutor", "Thread", "ThreadPool", "ThreadPoolExecutor", "Timer", "create_task",
        "ensure_future", "fork", "run_coroutine_threadsafe", "run_in_executor", "start_new_thread", "to_thread",
    }
)  # fmt: skip
_BUILTINS = {name for name in vars(builtins) if not name.startswith("__")} | {"__import__", "__build_class__"}


def imports(change: Change) -> Iterator[Finding]:
    """New modules: only harmless ones of the standard library, or what the module already uses."""
    known = {name for name, _ in _imported(ast.walk(change.target.source.tree))}
    known |= {change.target.module.partition(".")[0], ""}
    for name, node in _imported(n for unit in change.new_parts for n in own(unit)):
        if name in known:
            continue
        if name in DANGEROUS:
            yield finding("reject", "import", f"imports `{name}`, which the module did not use", node)
        elif name not in sys.stdlib_module_names:
            yield finding("reject", "third-party", f"imports the package `{name}`, which the module did not use", node)
        elif name in RANDOM:
            yield finding("warn", "randomness", f"imports `{name}`, which the module did not use", node)
        known.add(name)


def introspection(change: Change) -> Iterator[Finding]:
    """Frames, code objects, the collector, `sys.modules`: ways to find the harness or the original."""
    for unit in change.new_parts:
        for node in own(unit):
            hidden = {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
            for name in sorted(({*words(node)} | hidden) & INTROSPECTION - change.old_names):
                yield finding("reject", "introspection", f"looks into the interpreter by `{name}`", node)
            if _sys_modules(node) and "modules" not in change.old_names:
                yield finding("reject", "introspection", "looks into `sys.modules`", node)


def dynamic(change: Change) -> Iterator[Finding]:
    """Code made at run time, names computed at run time, files and output."""
    for unit in change.new_parts:
        local = local_names(unit.node) if not unit.header else frozenset()
        for node in own(unit):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if node.id in DYNAMIC - change.old_names - local:
                    yield finding("reject", "dynamic", f"uses `{node.id}`, which the original did not", node)
                elif node.id == "id" and "id" not in change.old_names | local:
                    yield finding("warn", "identity", "depends on the address of an object by `id`", node)
            elif isinstance(node, ast.Call):
                yield from _computed(change, node)


def _computed(change: Change, node: ast.Call) -> Iterator[Finding]:
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    written = len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    if called in ("getattr", "hasattr") and not written and called not in change.old_names:
        yield finding("reject", "dynamic", f"computes the name of an attribute: `{short(node)}`", node)
    if called == "type" and len(node.args) == 3:
        yield finding("reject", "dynamic", f"makes a class at run time: `{short(node)}`", node)
    attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if attribute in ("__setattr__", "__delattr__") and attribute not in change.old_names:
        yield finding("reject", "dynamic", f"writes attributes by `{short(node)}`", node)


def threads(change: Change) -> Iterator[Finding]:
    """Threads, processes and tasks, also by modules that were already imported."""
    for unit in change.new_parts:
        local = local_names(unit.node) if not unit.header else frozenset()
        for node in own(unit):
            for name in sorted(set(words(node)) & THREADS - change.old_names - local):
                yield finding("reject", "threads", f"starts other threads, processes or tasks by `{name}`", node)


def methods(change: Change) -> Iterator[Finding]:
    """Methods by which a class pretends to be something else, or changes what others see."""
    for unit, node in change.functions:
        added = unit.owner and change.before(unit) is None and node.name.startswith("__") and node.name.endswith("__")
        if added and (node.name in LYING or unit.owner not in change.fresh_classes):
            yield finding("reject", "dunder", f"adds `{unit.owner}.{node.name}`", node)
    known = "metaclass" in change.target.source.text
    for unit in change.new_parts:
        if not known and isinstance(unit.node, ast.ClassDef) and any(k.arg == "metaclass" for k in unit.node.keywords):
            yield finding("reject", "metaclass", f"gives class `{unit.name}` a metaclass", unit.node)


def rebinding(change: Change) -> Iterator[Finding]:
    """Names of the module or of Python that the rewrite takes over."""
    used = loaded_names([change.target.source.tree])
    for unit in change.new_parts:
        if unit.owner or (unit.header and not isinstance(unit.node, ast.ClassDef)):
            continue
        imported = isinstance(unit.node, ast.Import | ast.ImportFrom)
        for name in bound_names([unit.node]):
            if change.old_top[name] and change.new_top[name] > change.old_top[name] and not imported:
                yield finding("reject", "rebound", f"defines `{name}` of the module a second time", unit.node)
            elif name in _BUILTINS and not change.old_top[name] and (name in used or not imported):
                yield finding("reject", "shadow-builtin", f"replaces Python's own `{name}` in the module", unit.node)


def loading(change: Change) -> Iterator[Finding]:
    """Module-level statements that do more than define a name."""
    for unit in change.new_parts:
        node = unit.node
        if unit.header and not isinstance(node, ast.ClassDef) and not _known_condition(node):
            yield finding("reject", "module-control-flow", f"runs `{_head(node)} …` when the module is loaded", node)
        elif not _is_silent(node):
            yield finding("reject", "import-side-effect", f"runs `{short(node)}` when the module is loaded", node)


def _is_silent(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return not isinstance(node, ast.Delete | ast.Assert | ast.Raise | ast.Match)


def _imported(nodes: Iterator[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ("" if node.level else (node.module or "").partition(".")[0]), node


def _sys_modules(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "sys" and any(alias.name == "modules" for alias in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "modules"
        and isinstance(node.value, ast.Name)
        and node.value.id == "sys"
    )


def _known_condition(node: ast.stmt) -> bool:
    """Conditions that everybody writes at module level: type checking, Python's version, a missing package."""
    if isinstance(node, ast.If):
        known = {"TYPE_CHECKING", "version_info"} & {w for n in ast.walk(node.test) for w in words(n)}
        return bool(known) or is_main(node)
    if not isinstance(node, ast.Try):
        return False
    caught = {w for handler in node.handlers if handler.type for n in ast.walk(handler.type) for w in words(n)}
    return bool(caught) and caught <= {"ImportError", "ModuleNotFoundError"}


def _head(node: ast.stmt) -> str:
    return ast.unparse(node).partition("\n")[0].rstrip(":")
