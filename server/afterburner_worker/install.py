"""Puts a version of the target in place: by swapping its code, or by loading the whole text as the module."""

from __future__ import annotations

import functools
import sys
import types
from typing import TYPE_CHECKING, Any, Iterator, List, Set

from afterburner_worker import loader

if TYPE_CHECKING:  # a capture goes without the other messages
    from afterburner_worker.messages import Install


class CannotInstall(Exception):
    """The version cannot be put in place faithfully; the text says why."""


class Placed:
    """The target, live: where it hangs and the function whose code was swapped."""

    def __init__(self, module: types.ModuleType, qualname: str, function: types.FunctionType) -> None:
        self.module = module
        self.qualname = qualname
        self.function = function
        self.codes = frozenset(_codes_within(function.__code__))

    @property
    def owner(self) -> Any:
        """The class around a method, or the module."""
        return resolve(self.module, self.qualname.rpartition(".")[0])

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]


def install(request: Install) -> Placed:
    """Put the version in place and find the live function; `CannotInstall` says what stands in the way."""
    module = _whole(request) if request.version.whole else _swapped(request)
    text = request.version.sketch or request.version.text
    compiled = compile(text, request.module.file, "exec", dont_inherit=True)
    code = code_within(compiled, request.qualname)
    function = live_function(module, request.qualname, code)
    if not request.version.whole:
        _swap(function, code)
    return Placed(module, request.qualname, function)


def resolve(module: types.ModuleType, qualname: str) -> Any:
    """The object at a dotted path inside the module, without triggering descriptors."""
    here: Any = module
    for part in qualname.split(".") if qualname else ():
        here = _static_attribute(here, part)
    return here


def live_function(module: types.ModuleType, qualname: str, code: types.CodeType) -> types.FunctionType:
    """The function object behind decorators, properties and static or class methods."""
    start = resolve(module, qualname)
    for candidate in unwrapped(start):
        if candidate.__code__.co_name == code.co_name and candidate.__code__.co_filename == code.co_filename:
            return candidate
    raise CannotInstall(
        "the function behind %s cannot be reached: what stands under that name is a %s that hides it"
        % (qualname, type(start).__name__)
    )


def code_within(module: types.CodeType, qualname: str) -> types.CodeType:
    """The target's code object out of the compiled module, so that mangling, cells and flags are right."""
    code = module
    for part in qualname.split("."):
        inner = [c for c in _defined_in(code) if c.co_name == part]
        if not inner:
            raise CannotInstall("the text does not define %s at its usual place" % qualname)
        code = inner[-1]
    return code


def _whole(request: Install) -> types.ModuleType:
    module = request.module
    sys.modules.pop(module.name, None)
    return loader.load(type(module)(name=module.name, file=module.file, text=request.version.text, path=module.path))


def _swapped(request: Install) -> types.ModuleType:
    module = sys.modules.get(request.module.name)
    if module is None:
        module = loader.load(request.module)
    for statement in request.version.additions:
        exec(compile(statement, request.module.file, "exec", dont_inherit=True), module.__dict__)
    return module


def _swap(function: types.FunctionType, code: types.CodeType) -> None:
    if function.__code__.co_freevars != code.co_freevars:
        raise CannotInstall(
            "its free variables differ: %s instead of %s"
            % (", ".join(code.co_freevars) or "none", ", ".join(function.__code__.co_freevars) or "none")
        )
    function.__code__ = code


def _defined_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code objects that a block defines, looking through the scopes of type parameters (3.12+)."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            if constant.co_name.startswith("<generic parameters of"):
                yield from _defined_in(constant)
            else:
                yield constant


def _static_attribute(owner: Any, name: str) -> Any:
    spaces = [vars(base) for base in owner.__mro__] if isinstance(owner, type) else [vars(owner)]
    for space in spaces:
        if name in space:
            return space[name]
    raise CannotInstall("%s does not exist after the module was imported" % name)


def unwrapped(start: Any) -> Iterator[types.FunctionType]:
    """Functions reachable from an object through the usual wrappers and their closures, nearest first."""
    waiting: List[Any] = [start]
    seen: Set[int] = set()
    while waiting:
        item = waiting.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, types.FunctionType):
            yield item
        waiting += [inner for inner in _inside(item) if inner is not None]


def _inside(item: Any) -> List[Any]:
    inner: List[Any] = []
    if isinstance(item, (staticmethod, classmethod)):
        inner.append(item.__func__)
    elif isinstance(item, property):
        inner += [item.fget, item.fset, item.fdel]
    elif isinstance(item, (functools.cached_property, functools.partial)):
        inner.append(item.func)
    wrapped = getattr(item, "__dict__", {}).get("__wrapped__") if not isinstance(item, type) else None
    inner.append(wrapped if wrapped is not None else getattr(item, "__wrapped__", None))
    if isinstance(item, types.FunctionType):
        inner += [_cell(cell) for cell in item.__closure__ or ()]
    return [i for i in inner if callable(i) or isinstance(i, (staticmethod, classmethod, property))]


def _cell(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _codes_within(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes_within(constant)
