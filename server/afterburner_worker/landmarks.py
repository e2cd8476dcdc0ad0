"""Landmarks: module-level objects that code knows by identity, such as sentinels and token kinds, written by name.

A copy of one would be another object, and `x is MISSING` would be false for it. Only objects without state of their own
count: those that hold nothing, and instances of subclasses of immutable types. Finding one runs no user code.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, List, NamedTuple, Tuple

from afterburner_worker.anatomy import anatomy, state
from afterburner_worker.naming import MISSING, class_name, is_class, module_dict

_IMMUTABLE = (int, float, complex, str, bytes, tuple, frozenset)
_DEEPEST = 8
_MOST = 20_000


class _Known(NamedTuple):
    """What stands in a module, as long as it is this one and has so many names."""

    module: Any
    names: int
    places: Dict[int, Tuple[Any, str]]


_modules: Dict[str, _Known] = {}
_sentinels: Dict[int, Dict[int, Tuple[Any, str]]] = {}


def place(thing: Any) -> str:
    """ "module:path.to.it" of a landmark, else ""."""
    kind = type(thing)
    if kind is object:
        found = _all_sentinels().get(id(thing))
    elif _may_be(thing, kind):
        found = _places(class_name(kind).partition(":")[0]).get(id(thing))
    else:
        return ""
    return found[1] if found is not None and found[0] is thing else ""


def find(where: str) -> Any:
    """The landmark at a place in a loaded module, or `MISSING`."""
    module, _, path = where.partition(":")
    here: Any = sys.modules.get(module, MISSING)
    space = module_dict(here) if here is not MISSING else {}
    for part in path.split("."):
        here = space.get(part, MISSING)
        if here is MISSING:
            return MISSING
        space = _attributes(here)
    return here


def _may_be(thing: Any, kind: type) -> bool:
    layout = anatomy(kind)
    if layout is None or kind is layout.content or is_class(thing):
        return False
    if layout.content is None:
        return not state(thing, layout)
    return any(layout.content is one for one in _IMMUTABLE)


def _places(module: str) -> Dict[int, Tuple[Any, str]]:
    """Objects of a module, and what hangs on them by attributes of the same class."""
    space = _namespace(module)
    known = _modules.get(module)
    loaded = sys.modules.get(module)
    if known is None or known.module is not loaded or known.names != len(space):
        known = _modules[module] = _Known(loaded, len(space), _walked(module, space))
    return known.places


def _walked(module: str, space: Dict[str, Any]) -> Dict[int, Tuple[Any, str]]:
    found: Dict[int, Tuple[Any, str]] = {}
    waiting: List[Tuple[str, Any]] = [(name, one) for name, one in list(space.items()) if _may_be(one, type(one))]
    while waiting and len(found) < _MOST:
        path, thing = waiting.pop(0)
        if id(thing) in found:
            continue
        found[id(thing)] = (thing, "%s:%s" % (module, path))
        if path.count(".") < _DEEPEST:
            own = _attributes(thing)
            waiting += [("%s.%s" % (path, name), one) for name, one in own.items() if type(one) is type(thing)]
    return found


def _attributes(thing: Any) -> Dict[str, Any]:
    layout = anatomy(type(thing))
    return dict(state(thing, layout) or ()) if layout is not None and not is_class(thing) else {}


def _all_sentinels() -> Dict[int, Tuple[Any, str]]:
    """Every bare `object()` that stands in a loaded module."""
    names = list(sys.modules)
    if len(names) not in _sentinels:
        _sentinels.clear()
        found: Dict[int, Tuple[Any, str]] = {}
        for module in sorted(names, key=len):
            for name, thing in list(_namespace(module).items()):
                if type(thing) is object:
                    found.setdefault(id(thing), (thing, "%s:%s" % (module, name)))
        _sentinels[len(names)] = found
    return _sentinels[len(names)]


def _namespace(module: str) -> Dict[str, Any]:
    loaded = sys.modules.get(module)
    try:
        return {name: one for name, one in module_dict(loaded).items() if type(name) is str}
    except (TypeError, RuntimeError):  # something else stands in for a module, or it grows in another thread
        return {}
