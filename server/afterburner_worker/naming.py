"""Import names of classes and functions, found and followed without running any code of theirs."""

from __future__ import annotations

import sys
import types
from collections import OrderedDict
from typing import Any, Callable, Dict, Tuple

_module = type.__dict__["__module__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_class_dict = type.__dict__["__dict__"].__get__
_mro = type.__dict__["__mro__"].__get__
_module_namespace: Any = vars(types.ModuleType)["__dict__"]

MISSING = object()

_NAMELESS_TYPES: Tuple[Any, ...] = (
    type(None),
    type(...),
    type(NotImplemented),
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.GeneratorType,
    types.ModuleType,
    types.CodeType,
    types.MethodWrapperType,
    types.MappingProxyType,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
    type(OrderedDict().keys()),
    type(OrderedDict().values()),
    type(OrderedDict().items()),
)
_NAMELESS: Dict[str, Any] = {"builtins:%s" % kind.__name__: kind for kind in _NAMELESS_TYPES}


def mro(kind: type) -> Tuple[type, ...]:
    return _mro(kind)


def class_dict(kind: type) -> Any:
    """The class's own namespace, whatever its metaclass says."""
    return _class_dict(kind)


def module_dict(module: Any) -> Any:
    """The module's own namespace, whatever its class says."""
    return _module_namespace.__get__(module)


def is_class(thing: Any) -> bool:
    return inherits(type(thing), type)


def inherits(kind: type, ancestor: type) -> bool:
    return any(one is ancestor for one in _mro(kind))


def class_name(kind: type) -> str:
    """ "module:qualified.name" of a class; parts that are no plain text read "?"."""
    try:
        module = _module(kind)
    except AttributeError:
        module = None
    return "%s:%s" % (module if type(module) is str else "?", _qualname(kind))


def importable_name(thing: Any, module: Any, qualname: Any) -> str:
    """ "module:qualname" when that path leads to this very object in a loaded module, else ""."""
    if type(module) is not str or type(qualname) is not str:
        return ""
    name = module + ":" + qualname
    return name if lookup(name) is thing else ""


def lookup(name: str) -> Any:
    """What "module:qualified.name" stands for in the modules already loaded, or `MISSING`; imports nothing."""
    if name in _NAMELESS:
        return _NAMELESS[name]
    module_name, _, path = name.partition(":")
    here: Any = sys.modules.get(module_name, MISSING)
    for part in path.split("."):
        here = _member(here, part)
    return here


def _member(holder: Any, name: str) -> Any:
    if is_class(holder):
        namespace = _class_dict(holder)
    elif inherits(type(holder), types.ModuleType):
        namespace = module_dict(holder)
    else:
        return MISSING
    found = namespace.get(name, MISSING) if namespace is not None else MISSING
    if type(found) is staticmethod or type(found) is classmethod:
        return found.__func__
    return found


Resolve = Callable[[str], Any]
