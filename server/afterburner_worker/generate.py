"""Makes up calls: from types when nothing is known, and from calls that were seen; deterministic for a seed."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any, Collection, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from afterburner_worker import palette
from afterburner_worker.direct import directed
from afterburner_worker.hints import Type, held_types
from afterburner_worker.key import key
from afterburner_worker.mutate import Leaves, in_order, leaves, mutate
from afterburner_worker.palette import CannotBuild
from afterburner_worker.parameters import RECEIVER, Call, Parameter, bound, call_of, inferred, informed, with_seen
from afterburner_worker.relate import Slots, relate
from afterburner_worker.scalars import Pool

_MOST_TYPES = 400
_POOL = 60


def propose(
    parameters: Sequence[Parameter], seed: int, count: int, constants: Optional[Dict[str, List[Any]]] = None
) -> List[Call]:
    """First calls when none is known: every combination of plausible types, the likeliest and smallest first.

    Distinct by `key`; fewer than `count` where the types do not hold more. Raises CannotBuild, naming the parameter,
    when no value of a needed parameter can be made.
    """
    constants = constants or {}
    parameters = informed(parameters, constants)
    pool = _pool(random.Random(seed), constants, [])
    out: Dict[str, Call] = {}
    if not parameters:
        nothing: Call = ((), {})
        return [nothing][:count]
    combinations = _combinations(parameters)
    for attempt in range(count * 4):
        if len(out) >= count:
            break
        grown = attempt / max(1, count)
        pool.size = 4 if grown < 0.3 else 8
        pool.exotic = 0.0 if grown < 0.4 else 0.2
        kinds = _next(combinations, attempt, pool)
        pool.choose_style()
        try:
            slots = fresh(parameters, kinds, pool)
        except CannotBuild:
            continue
        if pool.chance(0.4):
            relate(slots, pool)
        _sort(slots, constants, pool)
        call = call_of(slots, parameters)
        out.setdefault(call_key(call), call)
    if not out:
        raise CannotBuild(_why_not(parameters, pool))
    return list(out.values())


def call_key(call: Call) -> str:
    """`key` of a call; equal for equal arguments."""
    return key([call[0], call[1]])


def _next(combinations: List[Tuple[Type, ...]], attempt: int, pool: Pool) -> Tuple[Type, ...]:
    """Every other time the next combination in order, else one of them, the likelier ones more often."""
    if attempt % 2 == 0 and attempt // 2 < len(combinations):
        return combinations[attempt // 2]
    return combinations[int(len(combinations) * pool.rng.random() ** 3)]


def _sort(slots: Slots, constants: Dict[str, List[Any]], pool: Pool) -> None:
    """Sort the lists that the source bisects or whose name says that they are sorted, mostly; in place."""
    for name, value in slots.items():
        if type(value) is list and ("sorted:" + name in constants or "sorted" in name) and pool.chance(0.7):
            slots[name] = in_order(value)


def _combinations(parameters: Sequence[Parameter]) -> List[Tuple[Type, ...]]:
    """Types for each parameter, in the order of how likely they are together."""
    ranked = [list(enumerate(parameter.plausible())) for parameter in parameters]
    while _product(ranked) > _MOST_TYPES * 10:
        longest = max(ranked, key=len)
        longest.pop()
    whole = sorted(itertools.product(*ranked), key=_unlikelihood)
    return [tuple(kind for _, kind in row) for row in whole[:_MOST_TYPES]]


def _unlikelihood(row: Tuple[Tuple[int, Type], ...]) -> float:
    """Small for types that are likely by themselves, and for parameters of one and the same type."""
    same = len({kind for _, kind in row}) == 1
    return sum(rank for rank, _ in row) * (0.4 if same else 1.0)


def _product(ranked: List[List[Tuple[int, Type]]]) -> int:
    total = 1
    for types in ranked:
        total *= len(types)
    return total


def fresh(parameters: Sequence[Parameter], kinds: Sequence[Type], pool: Pool) -> Slots:
    """New arguments of the given types; optional parameters are left out half of the time. Raises CannotBuild."""
    slots: Slots = {}
    for parameter, kind in zip(parameters, kinds):
        if parameter.kind == "VAR_POSITIONAL":
            slots[parameter.name] = tuple(
                palette.value(kind, pool, 1) for _ in range(pool.rng.choice((0, 1, 2, 2, 3, 5)))
            )
        elif parameter.kind == "VAR_KEYWORD":
            names = pool.rng.sample(("a", "b", "key", "x"), pool.rng.choice((0, 0, 1, 2)))
            slots[parameter.name] = {name: palette.value(kind, pool, 1) for name in names}
        elif not parameter.has_default or pool.chance(0.5):
            slots[parameter.name] = palette.value(kind, pool)
    return slots


def _why_not(parameters: Sequence[Parameter], pool: Pool) -> str:
    for parameter in parameters:
        reasons = []
        for kind in parameter.plausible():
            try:
                palette.value(kind, pool)
                break
            except CannotBuild as error:
                reasons.append(str(error))
        else:
            return f"parameter {parameter.name}: {reasons[0] if reasons else 'no type is known'}"
    return "no call could be made"


def mutated(
    seeds: Sequence[Call],
    parameters: Sequence[Parameter],
    constants: Dict[str, List[Any]],
    count: int,
    seed: int,
    exclude: Collection[str] = (),
) -> List[Call]:
    """Up to `count` new calls around the seeds: aimed at what the source compares, mutated, or fresh of these types.

    About 80 % stay within the types and magnitude of the seeds. `exclude` holds keys (`call_key`) not to repeat.
    A method's receiver is its first argument. The calls share unchanged parts with the seeds and each other: freeze
    each before running any. Those with a huge number as an argument of its own come last.
    """
    rng = random.Random(seed)
    known = [(call, bound(call, parameters)) for call in seeds]
    slots = [found for _, found in known if found is not None]
    if not slots:
        return []
    pool = _pool(rng, constants, slots)
    typed = with_seen(parameters, slots, constants)
    seen = {call_key(call) for call in seeds} | set(exclude)
    out: List[Call] = []
    late: List[Call] = []
    for found in _stream(slots, typed, pool, constants, count):
        call = call_of(found, parameters)
        name = call_key(call)
        if name in seen or len(name) > 20_000:
            continue
        seen.add(name)
        (late if _heavy(found, pool) else out).append(call)
        if len(out) + len(late) >= count:
            break
    return out + late


def _heavy(slots: Slots, pool: Pool) -> bool:
    return any(type(value) in (int, float) and not abs(value) <= pool.reach * 10 for value in slots.values())


def _stream(
    slots: List[Slots], parameters: Sequence[Parameter], pool: Pool, constants: Dict[str, List[Any]], count: int
) -> Iterator[Slots]:
    """An endless-enough stream of arguments, some of them repeated."""
    aimed = directed(slots, parameters, constants, pool)
    pool.rng.shuffle(aimed)
    share = count // 3
    grown = list(slots)
    heavy = count // 25
    for attempt in range(count * 4):
        if attempt % 3 == 0 and attempt // 3 < min(share, len(aimed)):
            yield aimed[attempt // 3]
            continue
        pool.exotic = 0.9 if attempt % 5 == 4 else 0.06
        pool.choose_style()
        made = _one(grown, parameters, pool)
        _sort(made, constants, pool)
        if _heavy(made, pool):
            heavy -= 1
            if heavy < 0:
                continue
        elif len(grown) < _POOL and pool.exotic < 0.5:
            grown.append(made)
        yield made


def _one(grown: List[Slots], parameters: Sequence[Parameter], pool: Pool) -> Slots:
    """New arguments: fresh ones of the types a third of the time, else some known ones with a few changes."""
    made = dict(pool.rng.choice(grown))
    if pool.chance(0.35):
        try:
            made = fresh(parameters, [pool.rng.choice(parameter.plausible()) for parameter in parameters], pool)
        except CannotBuild:
            pass
        if pool.chance(0.45):
            relate(made, pool)
            return made
        if pool.chance(0.4):
            return made
    _toggle(made, parameters, pool)
    around = leaves(list(made.values()))
    for _ in range(pool.rng.choice((1, 1, 1, 2, 2, 3, 5))):
        _change(made, pool, around)
    if pool.chance(0.25):
        relate(made, pool)
    return made


def _change(made: Slots, pool: Pool, around: Leaves) -> None:
    if made:
        name = pool.rng.choice(list(made))
        value = made[name]
        if type(value) is tuple and not value:
            return
        made[name] = mutate(value, pool, around)


def _toggle(made: Slots, parameters: Sequence[Parameter], pool: Pool) -> None:
    """Leave out an optional argument, or pass one that was left out, now and then."""
    optional = [parameter for parameter in parameters if parameter.has_default]
    if not optional or not pool.chance(0.3):
        return
    parameter = pool.rng.choice(optional)
    if parameter.name in made:
        del made[parameter.name]
        return
    kinds = parameter.plausible()
    try:
        made[parameter.name] = palette.value(kinds[0] if pool.chance(0.7) else pool.rng.choice(kinds), pool)
    except CannotBuild:
        pass


def _pool(rng: random.Random, constants: Dict[str, List[Any]], slots: List[Slots]) -> Pool:
    """What the seeds and sources offer to draw from."""
    found = leaves([list(slot.values()) for slot in slots])
    seen = [abs(number) for number in found["int"]]
    reach = max([20, *(number for number in seen if number <= 10**7)])
    ints = [number for number in constants.get("int", ()) if abs(number) <= max(2000, reach * 10)]
    negative = any(number < 0 for number in [*found["int"], *found["float"]])
    return Pool(
        rng,
        reach=reach,
        negative=0.35 if negative else 0.15,
        ints=ints + list(dict.fromkeys(found["int"]))[:100],
        floats=[*constants.get("float", ()), *map(float, ints[:20]), *dict.fromkeys(found["float"])],
        strings=[*constants.get("str", ()), *dict.fromkeys(found["str"])][:200],
        alphabets=_alphabets(constants, found["str"]),
        separators=constants.get("separator", []),
        groups=constants.get("group", []),
        attributes=held_types([value for slot in slots for value in slot.values()]),
    )


def _alphabets(constants: Dict[str, List[Any]], strings: List[str]) -> List[str]:
    """Sets of characters to write strings with: the seeds' (twice as likely), then the sources'."""
    out = ["".join(sorted(set(text)))[:60] for text in dict.fromkeys(strings) if text][:20]
    if out:
        out.append("".join(sorted(set("".join(out))))[:80])
    letters = "".join(dict.fromkeys(constants.get("letter", ())))
    sources = [*constants.get("alphabet", ()), *([letters, letters + "ab1 "] if letters else [])]
    return out * 2 + sources


def parameters_of(function: Any, owner: Any, types: Mapping[str, Sequence[Any]]) -> List[Parameter]:
    """`inferred`, for a target that hangs on a class or module: a method's receiver is named as one, `cls` left out."""
    parameters = inferred(function, types)
    if not isinstance(owner, type) or not parameters:
        return parameters
    held = next((vars(base)[function.__name__] for base in owner.__mro__ if function.__name__ in vars(base)), None)
    if isinstance(held, staticmethod):
        return parameters
    if isinstance(held, classmethod) or function.__name__ in ("__new__", "__init_subclass__"):
        return parameters[1:]
    return [Parameter(parameters[0].name, RECEIVER, (Type("class", (), owner),)), *parameters[1:]]


def made(
    seeds: Sequence[Mapping[str, Any]],
    parameters: Sequence[Parameter],
    constants: Dict[str, List[Any]],
    count: int,
    seed: int,
) -> Iterator[Dict[str, Any]]:
    """New calls as roots ("args", "kwargs", for methods "receiver"), around the seeds, which are roots too.

    Without seeds: first proposals (`propose`), of which those that return make good seeds for a second round.
    """
    method = bool(parameters) and parameters[0].kind == RECEIVER
    if method:
        parameters = [replace(parameters[0], kind="POSITIONAL_ONLY"), *parameters[1:]]
    calls = [_with_receiver(roots, method) for roots in seeds]
    proposed = [] if calls else propose(parameters, seed, count, constants)
    for args, kwargs in proposed or mutated(calls, parameters, constants, count, seed):
        if method:
            yield {"args": args[1:], "kwargs": kwargs, "receiver": args[0]}
        else:
            yield {"args": args, "kwargs": kwargs}


def _with_receiver(roots: Mapping[str, Any], method: bool) -> Call:
    args = tuple(roots.get("args", ()))
    return (roots.get("receiver"), *args) if method else args, dict(roots.get("kwargs", {}))
