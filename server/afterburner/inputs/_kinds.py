"""From what is done with a parameter, and what it is called, to types that it plausibly has."""

from __future__ import annotations

from afterburner.inputs._usage import Path, Uses

_MOST = 6
_ONE = "one character"
_METHODS = {
    "text": "capitalize casefold center encode endswith find format isalnum isalpha isdecimal isdigit islower isnumeric"
    " isspace istitle isupper ljust lower lstrip partition replace rfind rindex rjust rpartition rsplit rstrip split"
    " splitlines startswith strip swapcase title translate upper zfill",
    "character": "isalnum isalpha isdecimal isdigit islower isnumeric isspace isupper lower swapcase upper",
    "map": "get items keys setdefault values",
    "list": "append extend insert reverse sort",
    "set": "add difference discard intersection isdisjoint issubset issuperset symmetric_difference union",
}
_OF = {kind: frozenset(names.split()) for kind, names in _METHODS.items()}
_CONTAINER = frozenset({"contains", "has a length", "has item", "indexes", "iterates", "looks up", "slices"})
_WEAK = frozenset({"adds", "index", "is compared", "is looked for", "is ordered"})
"""What may be done with items of any type."""
_NAMED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "amount capacity count depth end h height high i idx index j k left length limit low n num number pos position"
        " right size start step target total width year",
        ("int",),
    ),
    ("e t v x y z", ("int", "str", "float")),
    ("m", ("int", "list[list[int]]")),
    ("alpha beta eps epsilon price rate ratio tol tolerance weight", ("float", "int")),
    (
        "ch char content delimiter filename key line message name paragraph password path pattern prefix s sentence sep"
        " str1 str2 string suffix text txt url word",
        ("str",),
    ),
    (
        "a arr array data elements heights items l list1 list2 lst nums numbers prices seq sequence values weights xs"
        " ys",
        ("list[int]", "list[str]", "list[float]"),
    ),
    ("lines names strings strs texts tokens urls words", ("list[str]",)),
    ("board grid mat matrix table rows", ("list[list[int]]", "list[list[str]]", "list[str]")),
    ("edges intervals pairs points coordinates", ("list[tuple[int, int]]", "list[list[int]]")),
    ("counts d dct dic dict1 dictionary lookup mapping", ("dict[str, int]", "dict[int, int]", "dict[str, str]")),
    ("adj graph tree", ("dict[int, list[int]]", "list[list[int]]", "dict[str, list[str]]")),
    ("flag reverse strict verbose", ("bool",)),
    ("func fn predicate callback", ("callable",)),
)


def kinds(uses: Uses, path: Path) -> tuple[str, ...]:
    """Plausible types at a path, the likeliest first; () when nothing is known."""
    words = uses.get(path, frozenset())
    declared = [word.removeprefix("is a ") for word in words if word.startswith("is a ")]
    found = [*sorted(declared), *_strong(uses, path, words)]
    if not found and not any(word.startswith(".") for word in words):
        found += _by_name(path, words)
    if "nothing" in words and found:
        found.append("None")
    return tuple(dict.fromkeys(found))[:_MOST]


def _strong(uses: Uses, path: Path, words: frozenset[str]) -> list[str]:
    """What the use alone says."""
    methods = {word[1:] for word in words if word.startswith(".")}
    if methods & _OF["map"] or words & {"keys", "has key", "has value", "keyed by its items"}:
        return _maps(uses, path)
    if methods & _OF["set"] and not methods & _OF["list"]:
        return [f"set[{kind}]" for kind in kinds(uses, (*path, "item"))[:2] or ("int", "str")]
    if methods & _OF["list"] or "list" in words:
        return [f"list[{kind}]" for kind in _items(uses, path) if kind != _ONE]
    if "is called" in words:
        return ["callable"]
    if methods & _OF["text"] or words & {"text", "character"}:
        return ["str"]
    return _parts(uses, path, words) or _numbers_and_containers(uses, path, words, methods)


def _numbers_and_containers(uses: Uses, path: Path, words: frozenset[str], methods: set[str]) -> list[str]:
    if "bytes" in words:
        return ["bytes"]
    if words & _CONTAINER and not words & {"whole number", "real number"}:
        return _containers(uses, path, words)
    if words & {"whole number", "real number", "number"}:
        return ["int"] if "whole number" in words or "index" in words else ["int", "float"]
    if methods:
        return []  # an object of some class
    return ["int", "str"] if "index" in words else ["bool"] if "truth" in words else []


def _parts(uses: Uses, path: Path, words: frozenset[str]) -> list[str]:
    """Something that is taken apart into a fixed number of parts."""
    widths = [int(word.rpartition(" ")[2]) for word in words if word.startswith("has ") and " of " in word]
    if not widths:
        return []
    every = [(kinds(uses, (*path, f"{n} of {widths[0]}")) or ("int",))[0] for n in range(widths[0])]
    same = [f"list[{every[0]}]"] if len(set(every)) == 1 else []
    return [f"tuple[{', '.join(every)}]", *same]


def _maps(uses: Uses, path: Path) -> list[str]:
    keys = kinds(uses, (*path, "key")) or (("str",) if "keys" in uses.get(path, ()) else ("str", "int"))
    values = kinds(uses, (*path, "value")) or ("int", "str", "list[int]")
    return [f"dict[{key}, {value}]" for value in values[:3] for key in keys[:2]]


def _containers(uses: Uses, path: Path, words: frozenset[str]) -> list[str]:
    items = _items(uses, path)
    found = ["str" if kind == _ONE else f"list[{kind}]" for kind in items]
    inside = uses.get((*path, "item"), frozenset())
    if len(path) > 1 and inside <= _WEAK and "indexes" not in words:
        found = ["str", *found]
    elif inside <= _WEAK | {"has a length", "slices"}:
        found = [*_by_name(path, words), *found]
    elif "looks up" in words and not words & {"indexes", "slices"}:
        found.insert(1, f"dict[int, {items[0]}]" if items[0] != _ONE else "dict[int, str]")
    return found


def _items(uses: Uses, path: Path) -> list[str]:
    """Types of the items; `_ONE` where the whole may as well be text."""
    inside = uses.get((*path, "item"), frozenset())
    methods = {word[1:] for word in inside if word.startswith(".")}
    known = [*kinds(uses, (*path, "item"))] if inside - {"is looked for"} else []
    if "character" in inside or (methods and methods <= _OF["character"]):
        return [_ONE, *known]
    return known or ["int", "str", "float", _ONE, "list[int]", "tuple[int, int]"]


def _by_name(path: Path, words: frozenset[str]) -> list[str]:
    if len(path) > 1:
        return []
    plain = path[0].lower().lstrip("_")
    for names, types in _NAMED:
        if {plain, plain.rstrip("0123456789_"), plain.rpartition("_")[2]} & set(names.split()):
            fits = [t for t in types if not words & _CONTAINER or t == "str" or "[" in t]
            return [t for t in fits if not (words & {"indexes", "slices"} and t.startswith("dict"))]
    return []
