"""Calls are made up in every kind of signature, the same for the same seed, new each, and of sane size."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from afterburner_worker import generate
from afterburner_worker.constants import constants_of
from afterburner_worker.generate import call_key, made, mutated, parameters_of, propose
from afterburner_worker.hints import ANY, INT, Type
from afterburner_worker.palette import CannotBuild
from afterburner_worker.parameters import Parameter, bound, call_of, inferred


def plain(xs: list[int], k: int) -> int:
    return sum(xs[:k])


def odd(a: int, /, b: str = "x", *rest: int, c: float, d: bool = False, **more: str) -> None: ...


class Account:
    def __init__(self, owner: str, balance: int = 0) -> None:
        self.owner = owner
        self.balance = balance

    def pay(self, amount: int) -> int:
        return self.balance + amount

    @classmethod
    def opened(cls, owner: str) -> Account:
        return cls(owner)

    @staticmethod
    def fee(amount: int) -> int:
        return amount // 100


class Unbuildable:
    def __init__(self) -> None:
        raise RuntimeError("no")


def needs(thing: Unbuildable) -> None: ...


SEEDS = [(([3, 1, 2], 2), {})]


def fits(function: Callable[..., Any], call: generate.Call) -> bool:
    try:
        inspect.signature(function).bind(*call[0], **call[1])
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("function", [plain, odd])
def test_proposed_and_mutated_calls_fit_the_signature(function: Callable[..., Any]) -> None:
    parameters = inferred(function)
    first = propose(parameters, 1, 100)
    more = mutated(first[:5], parameters, {}, 300, 1)
    assert all(fits(function, call) for call in [*first, *more])
    assert len(first) == 100
    assert len(more) == 300


def test_optional_starred_and_keyword_arguments_come_and_go() -> None:
    calls = propose(inferred(odd), 1, 200)
    assert {len(args) > 2 for args, _ in calls} == {True, False}
    assert {"d" in kwargs for _, kwargs in calls} == {True, False}
    assert {bool(set(kwargs) - {"b", "c", "d"}) for _, kwargs in calls} == {True, False}


def test_the_same_seed_gives_the_same_calls_under_any_hash_seed() -> None:
    program = """
from afterburner_worker.constants import constants_of
from afterburner_worker.generate import propose, mutated, call_key
from afterburner_worker.parameters import inferred
from afterburner_worker.constants import constants_of
def f(words: set[str], d: dict[str, int], k=1): ...
text = "def f(words, d, k):\\n    return k < 3 or 'ab' in words"
first = propose(inferred(f), 3, 40, constants_of(text))
print([call_key(call) for call in first + mutated(first[:6], inferred(f), constants_of(text), 200, 3)])
"""
    out = [_run(program, hash_seed) for hash_seed in ("1", "2")]
    assert out[0] == out[1]
    assert len(out[0]) > 5000


def _run(program: str, hash_seed: str) -> str:
    folder = str(Path(generate.__file__).parents[1])
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": folder}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    return done.stdout


def test_another_seed_gives_other_calls() -> None:
    parameters = inferred(plain)
    one, two = (mutated(SEEDS, parameters, {}, 100, seed) for seed in (1, 2))
    assert [call_key(call) for call in one] != [call_key(call) for call in two]


def test_no_call_is_made_twice_nor_one_of_the_seeds() -> None:
    parameters = inferred(plain)
    calls = mutated(SEEDS, parameters, {}, 400, 1)
    keys = [call_key(call) for call in calls]
    again = mutated(SEEDS, parameters, {}, 400, 2, exclude=keys)
    assert len(set(keys)) == 400
    assert call_key(SEEDS[0]) not in keys
    assert not {call_key(call) for call in again} & set(keys)


def test_seeds_are_not_changed() -> None:
    seed = (([[1], [2]], {"a": [1]}), {})
    before = call_key(seed)
    mutated([seed], [Parameter("a"), Parameter("b")], {}, 300, 1)
    assert call_key(seed) == before


def test_most_calls_stay_within_types_and_magnitude_of_the_seeds() -> None:
    calls = mutated(SEEDS, inferred(plain), {}, 500, 1)
    ordinary = [
        args
        for args, _ in calls
        if all(type(item) is int and abs(item) <= 200 for item in [*args[0], args[1]]) and len(args[0]) <= 60
    ]
    assert len(ordinary) > 400


def test_huge_numbers_come_last_and_few() -> None:
    calls = mutated([((5,), {})], [Parameter("n")], {}, 500, 1)
    sizes = [abs(args[0]) > 10_000 for args, _ in calls]
    assert sum(sizes) <= 20
    assert sizes == sorted(sizes)


def test_nothing_grows_without_end() -> None:
    seed = (([[["ab" * 60] * 90] * 2],), {})
    for args, _ in mutated([seed], [Parameter("x")], {}, 300, 1):
        assert _largest(args[0]) <= 1100


def _largest(value: Any) -> int:
    return max([len(value), *map(_largest, value)]) if isinstance(value, list) else 0


def test_indices_targets_and_lengths_relate_to_the_other_arguments() -> None:
    calls = [args for args, _ in mutated([(([40, 77, 53, 91, 62], 9), {})], inferred(plain), {}, 500, 1)]
    assert any(k == len(xs) > 2 for xs, k in calls)
    assert any(k == len(xs) - 1 for xs, k in calls if len(xs) > 2)
    assert any(k in xs for xs, k in calls if k > 20)
    assert any(k == xs[i] + xs[j] for xs, k in calls for i in range(len(xs)) for j in range(i) if k > 80)


def test_lists_meet_in_length_elements_and_identity() -> None:
    seed = (([5, 6, 7], [100, 200]), {})
    calls = [args for args, _ in mutated([seed], [Parameter("a"), Parameter("b")], {}, 500, 1)]
    assert any(len(a) == len(b) > 1 for a, b in calls)
    assert any(set(a) & set(b) for a, b in calls)
    assert any(a is b for a, b in calls)


def test_thresholds_of_the_source_are_met_on_both_sides() -> None:
    text = "def plain(xs, k):\n    if len(xs) > 50 or k >= 17: return 0"
    calls = [args for args, _ in mutated(SEEDS, inferred(plain), constants_of(text), 600, 1)]
    assert {50, 51} <= {len(xs) for xs, _ in calls}
    assert {16, 17, 18} <= {k for _, k in calls}


def test_bisected_lists_are_mostly_sorted() -> None:
    text = "def f(xs, k):\n    return bisect.bisect(xs, k)"
    parameters = [Parameter("xs", types=("list[int]",)), Parameter("k", types=("int",))]
    calls = propose(parameters, 1, 100, constants_of(text))
    longer = [args[0] for args, _ in calls if len(args[0]) > 2]
    assert sum(xs == sorted(xs) for xs in longer) > len(longer) * 0.6


def test_unknown_types_are_tried_in_turn() -> None:
    calls = propose([Parameter("x")], 1, 60)
    assert {int, str, list, float} <= {type(args[0]) for args, _ in calls}


def test_types_of_several_parameters_are_combined() -> None:
    parameters = [Parameter("a", types=("int", "str")), Parameter("b", types=("list[int]", "dict[str, int]"))]
    calls = propose(parameters, 1, 60)
    assert {(type(args[0]), type(args[1])) for args, _ in calls} == {(int, list), (int, dict), (str, list), (str, dict)}


def test_one_bad_annotation_loses_no_other() -> None:
    def f(a: Missing, b: list[int]) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    types = [parameter.types for parameter in inferred(f)]
    assert types == [(ANY,), (Type("list", (INT,)),)]


def test_given_types_stand_beside_annotations() -> None:
    def f(a, b=3): ...  # type: ignore[no-untyped-def]

    parameters = inferred(f, {"a": ["list[int]", "str"]})
    assert [kind.kind for kind in parameters[0].types] == ["list", "str"]
    assert parameters[1].types == (INT,)


def test_a_type_of_which_nothing_can_be_made_is_named() -> None:
    with pytest.raises(CannotBuild, match="parameter thing: Unbuildable cannot be built"):
        propose(inferred(needs), 1, 10)


def test_methods_get_receivers() -> None:
    parameters = parameters_of(Account.pay, Account, {})
    first = list(made([], parameters, {}, 30, 1))
    more = list(made(first[:3], parameters, {}, 100, 1))
    assert {type(roots["receiver"]) for roots in [*first, *more]} == {Account}
    assert all(len(roots["args"]) == 1 for roots in first)
    assert len({roots["receiver"].balance for roots in more}) > 5


@pytest.mark.parametrize(
    ("name", "expected"), [("opened", ["owner"]), ("fee", ["amount"]), ("pay", ["self", "amount"])]
)
def test_only_methods_have_a_receiver(name: str, expected: list[str]) -> None:
    held = vars(Account)[name]
    function = getattr(held, "__func__", held)
    assert [parameter.name for parameter in parameters_of(function, Account, {})] == expected


def test_calls_and_slots_are_two_forms_of_the_same() -> None:
    parameters = inferred(odd)
    call = ((1, "b", 7, 8), {"c": 1.5, "z": "q"})
    slots = bound(call, parameters)
    assert slots == {"a": 1, "b": "b", "rest": (7, 8), "c": 1.5, "more": {"z": "q"}}
    assert call_of(slots, parameters) == call
    assert bound(((), {}), parameters) is None


class Shelf:
    """Nothing tells what it holds, but its instances."""

    def __init__(self, known, label=None):
        self._known = known
        self.label = label


def test_instances_are_made_of_what_instances_were_seen_to_hold() -> None:
    parameters = [Parameter("self", "POSITIONAL_ONLY", (Type("class", (), Shelf),))]
    seeds = [((Shelf(["a", "bc"], 3),), {}), ((Shelf([], 5),), {})]
    made = [call[0][0] for call in mutated(seeds, parameters, {}, 200, 1)]
    assert len(made) > 50
    held = [type(item) for shelf in made if type(shelf._known) is list for item in shelf._known]
    assert held.count(str) > 0.8 * len(held)  # as far as calls stay within their types at all
    assert not {list, dict, set} & set(held)
    assert {type(shelf._known) for shelf in made} == {list}
