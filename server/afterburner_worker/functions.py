"""Functions without an importable name, carried as data: lambdas and local functions that a call was given.

Their code is marshalled where the call is captured and unmarshalled only where it is thawed: in a jailed worker, under
an interpreter of the same magic number. A function made that way is remembered, so that it is written as the same data
again wherever it turns up in an observation; any other function without a name stays opaque.
"""

from __future__ import annotations

import builtins
import dis
import functools
import linecache
import marshal
import sys
import types
import weakref
from importlib.util import MAGIC_NUMBER
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from afterburner_worker.graph import Node, ThawError
from afterburner_worker.naming import importable_name, is_class, module_dict

_LONGEST_SOURCE = 1_000
_LARGEST_CODE = 500_000
_MARSHAL_VERSION = 2
"""Without references between objects: later versions write the same code differently from run to run."""
_OPENED = ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL")
_SHAPE_FLAGS = 0x04 | 0x08 | 0x20
"""`*args`, `**kwargs`, generator; the other flags say where the code stands."""
_PLAIN = (int, float, str, bool, bytes, type(None))
_MAGIC = MAGIC_NUMBER.hex()


class _Text(NamedTuple):
    code: str
    """Marshalled, in hexadecimal."""
    source: str
    """The expression, for a lambda that stands in one line; else ""."""


_made: weakref.WeakKeyDictionary[types.FunctionType, _Text] = weakref.WeakKeyDictionary()


class Carried(NamedTuple):
    """What a function is made of, as objects and texts."""

    name: str
    """ "module:qualified name"; the module is the one whose globals it uses."""
    magic: str
    text: _Text
    state: List[Any]
    """Defaults, keyword defaults, own attributes; None where empty."""
    cells: List[Any]
    names: List[Tuple[str, Any]]
    """Globals that it uses and that mean the same elsewhere: plain values, modules, classes and functions by name."""


def was_made(function: Any) -> bool:
    """Whether `make` gave this very function."""
    return function in _made


def is_plain(function: Any) -> bool:
    """Whether a function holds nothing of its own: no cells, defaults, attributes, nor a namespace of its own."""
    state = (function.__closure__, function.__defaults__, function.__kwdefaults__, function.__dict__)
    return not any(state) and not any(used(function.__code__))


def carried(function: Any) -> Optional[Carried]:
    """The parts of a function; None where its code is too large or cannot be marshalled."""
    text = _made.get(function) or _text(function.__code__)
    if text is None:
        return None
    space, module = function.__globals__, function.__module__
    module = module if type(module) is str else "?"
    state = [function.__defaults__, function.__kwdefaults__, function.__dict__ or None]
    names = [name for name in sorted(set(used(function.__code__))) if name in space]
    known = [(name, space[name]) for name in names if _travels(space[name], module)]
    name = "%s:%s" % (module, function.__qualname__)
    return Carried(name, _MAGIC, text, state, list(function.__closure__ or ()), known)


def _travels(value: Any, home: str) -> bool:
    kind = type(value)
    if kind in _PLAIN or kind is types.ModuleType:
        return True
    if not is_class(value) and kind not in (types.FunctionType, types.BuiltinFunctionType):
        return False
    module = getattr(value, "__module__", None)
    return module != home and bool(importable_name(value, module, getattr(value, "__qualname__", None)))


def used(code: types.CodeType) -> Iterator[str]:
    """Names of the globals and builtins that a code object or one inside it uses; some come twice."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in _OPENED:
            yield instruction.argval
    for inner in code.co_consts:
        if type(inner) is types.CodeType:
            yield from used(inner)


@functools.lru_cache(maxsize=500)
def _text(code: types.CodeType) -> Optional[_Text]:
    try:
        data = marshal.dumps(_nowhere(code), _MARSHAL_VERSION)
    except ValueError:
        return None
    return _Text(data.hex(), _lambda_text(code)) if len(data) <= _LARGEST_CODE else None


def _nowhere(code: types.CodeType) -> types.CodeType:
    """The code without the path of its file: it must not be taken for a line of that file, nor tell where it lay."""
    constants = tuple(_nowhere(one) if type(one) is types.CodeType else one for one in code.co_consts)
    return code.replace(co_filename="<carried>", co_consts=constants)


def _lambda_text(code: types.CodeType) -> str:
    """The source of a lambda, where its first line holds an expression that compiles to this very code."""
    if code.co_name != "<lambda>":
        return ""
    line = linecache.getline(code.co_filename, code.co_firstlineno).strip()[:_LONGEST_SOURCE]
    start = line.find("lambda")
    while start >= 0:
        ends = [place for place in range(start + 7, len(line) + 1) if place == len(line) or line[place] in ",)]}: #"]
        for end in ends:
            if _compiles_to(line[start:end], code):
                return line[start:end].strip()
        start = line.find("lambda", start + 1)
    return ""


def _compiles_to(text: str, code: types.CodeType) -> bool:
    try:
        outer = compile(text.strip(), "<carried>", "eval", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    made = next((one for one in outer.co_consts if type(one) is types.CodeType), None)
    return made is not None and not outer.co_names and _essence(made) == _essence(code)


def _essence(code: types.CodeType) -> Tuple[Any, ...]:
    constants = [_essence(one) if type(one) is types.CodeType else repr(one) for one in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_freevars)
    return code.co_name, code.co_code, constants, names, code.co_flags & _SHAPE_FLAGS


def space_of(node: Node, globals_: Dict[str, Any]) -> Dict[str, Any]:
    """The namespace that a carried function runs in: its module's where that is loaded, else one of what it carries.

    `globals_` are the carried values. `ThawError` where a global is missing in both.
    """
    module = home_of(node)
    if module is not None:
        return module
    name = node[1].partition(":")[0]
    missing = sorted(set(used(code_of(node))) - set(globals_) - set(vars(builtins)))
    if missing:
        raise ThawError("A function needs `%s` of the module %s, which is not loaded." % (missing[0], name))
    return {**globals_, "__name__": name, "__builtins__": builtins}


def home_of(node: Node) -> Optional[Dict[str, Any]]:
    """The namespace of a carried function's module, where it is loaded; never the worker's own `__main__`."""
    name = node[1].partition(":")[0]
    module = None if name == "__main__" else sys.modules.get(name)
    return module_dict(module) if type(module) is types.ModuleType else None


def code_of(node: Node) -> types.CodeType:
    """The code object of a carried function; `ThawError` under another version of the interpreter."""
    if node[2] != _MAGIC:
        raise ThawError("A function was captured under another version of Python, whose code cannot run here.")
    try:
        code = marshal.loads(bytes.fromhex(node[4]))
    except (ValueError, EOFError, TypeError) as error:
        raise ThawError("The recorded code of a function is malformed (%s)." % error) from None
    if type(code) is not types.CodeType:
        raise ThawError("The recorded code of a function is no code.")
    return code


def make(node: Node, code: types.CodeType, space: Dict[str, Any], cells: Tuple[Any, ...]) -> types.FunctionType:
    """A new function of a carried node, still without its defaults and attributes; it is remembered as made here."""
    module, _, qualname = node[1].partition(":")
    function = types.FunctionType(code, space, code.co_name, None, cells or None)
    function.__qualname__ = qualname
    function.__module__ = module
    _made[function] = _Text(node[4], node[3])
    return function


def finish(function: types.FunctionType, state: List[Any]) -> None:
    """Give a new function its defaults, keyword defaults and attributes."""
    function.__defaults__, function.__kwdefaults__ = state[0], state[1]
    if state[2]:
        function.__dict__.update(state[2])
