"""A function's parameters: their kinds, defaults and plausible types, and how calls lie on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from afterburner_worker.guess import guesses
from afterburner_worker.hints import ANY, NONE, Type, merged, parse, type_of

Call = Tuple[Tuple[Any, ...], Dict[str, Any]]
"""Positional and keyword arguments."""

RECEIVER = "RECEIVER"
"""The kind of the first parameter of a method, which the call gets from its object."""

LISTS = ("list", "row", "set", "frozenset", "deque", "iterator")
POSITIONAL = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")


@dataclass(frozen=True)
class Parameter:
    """One parameter of the target."""

    name: str
    kind: str = "POSITIONAL_OR_KEYWORD"
    """As `inspect` names it: POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD."""
    types: Tuple[Any, ...] = ()
    """Plausible types, the likeliest first: text, hint objects or `Type`; for the starred kinds, of one item."""
    has_default: bool = False
    default: Any = None

    def plausible(self) -> Tuple[Type, ...]:
        """The types to try, the likeliest first; guesses from the name and default when none is known."""
        known = tuple(dict.fromkeys(kind for kind in map(parse, self.types) if kind != ANY))
        if not known or known == (NONE,):
            known = (*known, *guesses(self.name, self.default))
        return known

    @property
    def starred(self) -> bool:
        return self.kind in ("VAR_POSITIONAL", "VAR_KEYWORD")


def inferred(function: Callable[..., Any], types: Optional[Mapping[str, Sequence[Any]]] = None) -> List[Parameter]:
    """The parameters of a live function with what its annotations and defaults say, each hint resolved on its own.

    `types` are further descriptions per parameter name (static inference); they come after an annotation.
    An unbound method's first parameter is listed too. Raises ValueError or TypeError when there is no signature.
    """
    import inspect

    plain = inspect.unwrap(function)
    names: Dict[str, Any] = getattr(plain, "__globals__", {})
    out = []
    for parameter in inspect.signature(function).parameters.values():
        found = []
        if parameter.annotation is not parameter.empty:
            found.append(parse(parameter.annotation, names))
        found += [parse(description, names) for description in (types or {}).get(parameter.name, ())]
        has_default = parameter.default is not parameter.empty
        default = parameter.default if has_default else None
        if has_default and default is not None and not any(kind != ANY for kind in found):
            found.append(type_of(default))
        out.append(Parameter(parameter.name, parameter.kind.name, tuple(dict.fromkeys(found)), has_default, default))
    return out


def informed(parameters: Sequence[Parameter], constants: Mapping[str, Sequence[Any]]) -> List[Parameter]:
    """The parameters with what their use in the source suggests ("type:NAME" of `constants`) where little is known."""
    out = []
    for parameter in parameters:
        known = [kind for kind in map(parse, parameter.types) if kind != ANY]
        used = [parse(text) for text in constants.get("type:" + parameter.name, ())]
        if not known or known == [NONE]:
            known = [*known, *used, *guesses(parameter.name, parameter.default)]
        elif len(known) == 1 and known[0].kind in LISTS and not known[0].parts:
            parts = [kind.parts for kind in [*used, *guesses("lst")] if kind.kind == "list" and kind.parts]
            known = [Type(known[0].kind, part) for part in parts]
        out.append(replace(parameter, types=tuple(dict.fromkeys(known))))
    return out


def bound(call: Call, parameters: Sequence[Parameter]) -> Optional[Dict[str, Any]]:
    """The call's arguments by parameter name, starred ones as a tuple or dict; None when they do not fit."""
    args, kwargs = list(call[0]), dict(call[1])
    slots: Dict[str, Any] = {}
    for parameter in parameters:
        if parameter.kind in POSITIONAL and args:
            slots[parameter.name] = args.pop(0)
        elif parameter.kind == "VAR_POSITIONAL":
            slots[parameter.name], args = tuple(args), []
        elif parameter.kind == "VAR_KEYWORD":
            slots[parameter.name], kwargs = kwargs, {}
        elif parameter.name in kwargs and parameter.kind != "POSITIONAL_ONLY":
            slots[parameter.name] = kwargs.pop(parameter.name)
        elif not parameter.has_default:
            return None
    return None if args or kwargs else slots


def call_of(slots: Mapping[str, Any], parameters: Sequence[Parameter]) -> Call:
    """The call that gives these arguments: positional where it can be, by keyword after an omitted one."""
    args: List[Any] = []
    kwargs: Dict[str, Any] = {}
    gap = False
    for parameter in parameters:
        if parameter.kind == "VAR_KEYWORD":
            taken = {other.name for other in parameters if other.kind not in ("POSITIONAL_ONLY", "VAR_KEYWORD")}
            kwargs.update((name, item) for name, item in slots.get(parameter.name, {}).items() if name not in taken)
        elif parameter.kind == "VAR_POSITIONAL":
            args.extend(() if gap else slots.get(parameter.name, ()))
        elif parameter.name not in slots:
            gap = True
        elif parameter.kind == "KEYWORD_ONLY" or (gap and parameter.kind == "POSITIONAL_OR_KEYWORD"):
            kwargs[parameter.name] = slots[parameter.name]
        elif not gap:
            args.append(slots[parameter.name])
    return tuple(args), kwargs


def with_seen(
    parameters: Sequence[Parameter], slots: Sequence[Mapping[str, Any]], constants: Mapping[str, Sequence[Any]]
) -> List[Parameter]:
    """The parameters with the types that seeds show; a declared type stays, unless the seeds tell more.

    For a parameter of no declared type, what its use in the source suggests is kept as well.
    """
    out = []
    for parameter in parameters:
        seen = [type_of(slot[parameter.name]) for slot in slots if parameter.name in slot]
        if parameter.starred:
            seen = [kind for slot in slots for kind in map(type_of, _items(slot.get(parameter.name, ())))]
        known = [kind for kind in map(parse, parameter.types) if kind != ANY]
        if seen and (len(known) != 1 or _vague(known[0])):
            whole = merged(dict.fromkeys(seen))
            used = [] if known else [parse(text) for text in constants.get("type:" + parameter.name, ())]
            known = [*(whole.parts if whole.kind == "union" else (whole,)), *used]
        out.append(Parameter(parameter.name, parameter.kind, tuple(known), parameter.has_default, parameter.default))
    return out


def _items(value: Any) -> List[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def _vague(kind: Type) -> bool:
    """True for types that say little: a bare `list`, `Any`, a class, any table, something callable or an array."""
    if kind.kind == "ndarray":
        return kind.of[0] == ""
    return kind.kind in ("any", "class", "frame", "series") or (
        kind.kind in (*LISTS, "dict", "callable") and (not kind.parts or any(_vague(part) for part in kind.parts))
    )
