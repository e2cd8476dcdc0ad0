"""Where the state of an object lies, read through descriptors of the interpreter only: no user code runs."""

from __future__ import annotations

import types
from collections import OrderedDict, defaultdict, deque
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from afterburner_worker.naming import class_dict, mro

_flags = type.__dict__["__flags__"].__get__
_size = type.__dict__["__basicsize__"].__get__
_base = type.__dict__["__base__"].__get__
_HEAP = 1 << 9
_POINTER = tuple.__itemsize__

CONTENT = (
    int,
    float,
    complex,
    str,
    bytes,
    bytearray,
    list,
    tuple,
    set,
    frozenset,
    dict,
    deque,
    defaultdict,
    OrderedDict,
)
"""Built-in types whose content a subclass inherits."""

_PLAIN = (object, types.SimpleNamespace)


class Anatomy(NamedTuple):
    """How to read and write the state of a class's instances."""

    built_on: Any
    """The nearest type of the interpreter: makes new instances."""
    content: Optional[type]
    """The built-in type whose content the instances carry, if any."""
    slots: Dict[str, Any]
    """Attribute name → descriptor of a slot."""
    namespace: Any
    """The descriptor of the instance dict, or None."""


_known: Dict[int, Tuple[type, Optional[Anatomy]]] = {}


def anatomy(kind: type) -> Optional[Anatomy]:
    """How instances of this class are laid out; None when part of their state is out of reach (a C extension type)."""
    known = _known.get(id(kind))
    if known is None:
        known = _known[id(kind)] = (kind, _examine(kind))
    return known[1]


def _examine(kind: type) -> Optional[Anatomy]:
    line = mro(kind)
    built_on = next(one for one in line if not _written_in_python(one))
    if not _transparent(built_on):
        return None
    content = next((one for one in line if any(one is base for base in CONTENT)), None)
    slots: Dict[str, Any] = {}
    namespace = None
    for one in line:
        for name, member in class_dict(one).items():
            if type(member) is types.MemberDescriptorType and (_flags(one) & _HEAP or one is defaultdict):
                slots.setdefault(name, member)
            elif name == "__dict__" and type(member) is types.GetSetDescriptorType and namespace is None:
                namespace = member
    return Anatomy(built_on, content, slots, namespace)


def _written_in_python(kind: type) -> bool:
    """Whether all that this class adds to its base are slots, a dict and weak references."""
    if not _flags(kind) & _HEAP or any(kind is one for one in CONTENT):
        return False
    members = class_dict(kind)
    room = sum(type(member) is types.MemberDescriptorType for member in list(members.values()))
    room += ("__dict__" in members) + ("__weakref__" in members)
    base = _base(kind)
    return base is not None and _size(kind) - _size(base) <= _POINTER * room


def _transparent(built_on: type) -> bool:
    if any(built_on is one for one in CONTENT + _PLAIN) or any(one is BaseException for one in mro(built_on)):
        return True
    return bool(_size(built_on) == _size(object))


def state(thing: Any, layout: Anatomy) -> Optional[List[Tuple[str, Any]]]:
    """The attributes of an object, slots and dict, sorted by name; None if its dict has keys that are no plain text."""
    found: Dict[str, Any] = {}
    if layout.namespace is not None:
        namespace = layout.namespace.__get__(thing)
        for name, value in dict.items({} if namespace is None else namespace):
            if type(name) is not str:
                return None
            found[name] = value
    for name, slot in layout.slots.items():
        try:
            found[name] = slot.__get__(thing)
        except AttributeError:
            continue
    return sorted(found.items(), key=lambda item: item[0])


def set_state(thing: Any, layout: Anatomy, name: str, value: Any) -> bool:
    """Put one attribute in place without `__setattr__`; False when the class has no room for it."""
    if name in layout.slots:
        layout.slots[name].__set__(thing, value)
    elif layout.namespace is not None:
        layout.namespace.__get__(thing)[name] = value
    else:
        return False
    return True
