"""Carrying: what a call was given travels without being touched, and is made again as it was."""

from __future__ import annotations

import array
import functools
import itertools
import operator
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from afterburner_worker import functions
from afterburner_worker.freeze import freeze
from afterburner_worker.graph import ThawError, canonical
from afterburner_worker.thaw import compile_thaw, thaw

LIMIT = 3
CALLED: list[str] = []


class Loud(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        CALLED.append("iter")
        return super().__iter__()


class Sealed(array.array):  # type: ignore[type-arg]
    """A C type with state of its own."""


def carried(**roots: Any) -> dict[str, Any]:
    return freeze(roots, drain=False, carry=True)


def again(thing: Any) -> Any:
    return compile_thaw(carried(x=thing))()["x"]


def unwritten(graph: dict[str, Any]) -> str:
    """Why the first opaque value in a graph is one; "" where there is none."""
    return next((f"{node[1]}: {node[2]}" for node in graph["nodes"] if node[0] == "opaque"), "")


def kind(thing: Any, **options: Any) -> str:
    graph = freeze({"x": thing}, **options)
    return str(graph["nodes"][graph["roots"]["x"][0]][0])


def pairs(it: Iterator[Any]) -> Iterator[Any]:
    return zip(it, it, strict=False)


def made_in(module: str, source: str, **names: Any) -> Any:
    """A function of a module that is not loaded."""
    return eval(source, {"__name__": module, **names})


def test_an_iterator_is_where_it_was() -> None:
    source = iter([1, [2], 3])
    next(source)
    copies = compile_thaw(carried(x=source))
    assert [list(copies()["x"]), list(copies()["x"])] == [[[2], 3]] * 2
    assert list(source) == [[2], 3]


def test_what_an_iterator_shares_is_shared_again() -> None:
    row = [1]
    roots = thaw(carried(rows=[row], left=iter([row])))
    assert next(roots["left"]) is roots["rows"][0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: map(str, iter([1, 2, 3])),
        lambda: pairs(iter("abcd")),
        lambda: itertools.chain([1], (2, 3)),
        lambda: itertools.islice(itertools.count(3, 2), 4),
    ],
)
def test_iterators_of_iterators_are_not_drawn_from(make: Callable[[], Iterator[Any]]) -> None:
    source = make()
    next(source)
    copy = again(source)
    assert list(copy) == list(source) != []


def test_no_user_code_runs_for_an_iterator() -> None:
    source = list.__iter__(Loud([1, 2]))
    CALLED.clear()
    carried(x=source, y=filter(lambda x: CALLED.append("filter"), [1]), z=iter(Loud.__iter__, None))
    assert CALLED == []


def test_a_lambda_is_the_same_function() -> None:
    ordered = again(lambda pair, by=(1, 0): [pair[place] for place in by])
    assert ordered(("a", "b")) == ["b", "a"]
    assert ordered.__name__ == "<lambda>"


def test_functions_share_their_cells_and_call_themselves() -> None:
    count = 0

    def up(number: int) -> int:
        nonlocal count
        count += number
        return count if number == 0 else up(number - 1)

    roots = thaw(carried(up=up, peek=lambda: count))
    assert (roots["up"](3), roots["peek"](), count) == (6, 6, 0)


def test_each_copy_has_cells_of_its_own() -> None:
    seen: list[int] = []
    copies = compile_thaw(carried(x=lambda number: seen.append(number) or list(seen)))
    first, second = copies()["x"], copies()["x"]
    first(1)
    assert (first(2), second(3), seen) == ([1, 2], [3], [])


def test_globals_come_from_the_module_where_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = carried(x=lambda: LIMIT)
    monkeypatch.setattr(sys.modules[__name__], "LIMIT", 5)
    assert thaw(graph)["x"]() == 5


def test_plain_globals_travel_where_the_module_does_not() -> None:
    floor = made_in("gone", "lambda x: operator.add(x, LIMIT)", operator=operator, LIMIT=4)
    assert again(floor)(1) == 5


def test_a_global_that_cannot_travel_is_named() -> None:
    graph = carried(x=made_in("gone", "lambda x: TABLE[x]", TABLE={1: 2}))
    with pytest.raises(ThawError, match=r"needs `TABLE` of the module gone, which is not loaded\."):
        thaw(graph)


def test_another_interpreter_is_said() -> None:
    graph = carried(x=lambda: 1)
    for node in graph["nodes"]:
        if node[0] == "carried":
            node[2] = "00000000"
    with pytest.raises(ThawError, match="another version of Python"):
        thaw(graph)


@pytest.mark.parametrize("code", ["", "zz", "4e", "e3"])
def test_code_that_is_no_code_is_said(code: str) -> None:
    graph = carried(x=lambda: 1)
    for node in graph["nodes"]:
        if node[0] == "carried":
            node[4] = code
    with pytest.raises(ThawError):
        thaw(graph)


def test_only_what_was_made_from_data_is_written_in_an_observation() -> None:
    def native() -> int:
        return 1

    made = again(native)
    assert functions.was_made(made) and not functions.was_made(native)
    assert (kind(made), kind(native), kind(native, carry=True)) == ("carried", "opaque", "carried")
    assert canonical(freeze({"x": made})) == canonical(carried(x=native))


def test_the_source_of_a_lambda_is_told_only_where_it_is_sure() -> None:
    outer = 2
    sources = [functions.carried(one).text.source for one in (lambda x: x[0], lambda x: x + outer)]  # type: ignore[union-attr]
    assert sources == ["lambda x: x[0]", ""]


def test_no_path_of_the_file_travels() -> None:
    graph = carried(x=lambda x: [lambda y=y: y for y in x])
    assert all(__file__.encode().hex() not in str(field) for node in graph["nodes"] for field in node)


def test_methods_are_bound_to_what_the_call_was_given() -> None:
    table = {"a": [1]}
    roots = thaw(carried(table=table, get=table.get, call=functools.partial(table.__getitem__, "a")))
    roots["table"]["a"].append(2)
    assert roots["get"]("a") is roots["call"]() is roots["table"]["a"]
    assert table == {"a": [1]}


def test_a_copy_of_a_bound_method_has_a_receiver_of_its_own() -> None:
    copies = compile_thaw(carried(x=[].append, y=functools.partial([1].extend, [2])))
    first, second = copies(), copies()
    first["x"](1)
    first["y"]()
    assert (first["x"].__self__, second["x"].__self__) == ([1], [])
    assert (first["y"].func.__self__, second["y"].func.__self__) == ([1, 2], [1])


def test_what_only_pickles_is_pickled_on_request() -> None:
    assert (kind(Sealed("i", [1])), kind(Sealed("i", [1]), carry=True)) == ("opaque", "pickled")
    copies = compile_thaw(carried(x=Sealed("i", [1])))
    first, second = copies()["x"], copies()["x"]
    assert type(first) is Sealed and first == second and first is not second


@pytest.mark.parametrize("thing", [threading.Lock(), Sealed("i", [0]) * 1_000_000], ids=["lock", "large"])
def test_what_does_not_pickle_or_is_too_large_is_opaque(thing: Any) -> None:
    graph = carried(x=thing)
    assert "pickle" in unwritten(graph)
    with pytest.raises(ThawError, match="pickle"):
        thaw(graph)


def test_a_pickle_of_something_gone_is_said() -> None:
    graph = {"nodes": [["pickled", "gone:C", b"cgone\nC\n.".hex()]], "roots": {"x": [0]}}
    with pytest.raises(ThawError, match="cannot be rebuilt here: ModuleNotFoundError"):
        thaw(graph)


def test_an_instance_of_a_local_class_says_so() -> None:
    class Local:
        pass

    assert "not reachable by that name" in unwritten(carried(x=[Local()]))
    assert kind(Local()) == "object"


def test_a_generator_says_so_and_is_not_run() -> None:
    source = (CALLED.append("run") for _ in "a")
    CALLED.clear()
    assert unwritten(carried(x=[source])).startswith("builtins:generator: a generator")
    assert CALLED == []


def test_what_travels_has_nothing_opaque() -> None:
    assert unwritten(carried(x=[1, lambda x: operator.add(x, LIMIT)], y=types.SimpleNamespace(a=iter([1])))) == ""
