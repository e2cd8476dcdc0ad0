"""Objects that code knows by identity travel by name, and everything with a state of its own does not."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from afterburner_worker.copies import copier
from afterburner_worker.freeze import freeze
from afterburner_worker.graph import ThawError
from afterburner_worker.thaw import compile_thaw

TEXT = """
class Kind(tuple):
    parent = None
    def __getattr__(self, name):
        made = Kind(self + (name,))
        setattr(self, name, made)
        made.parent = self
        return made

class Nothing:
    pass

class Cart:
    def __init__(self):
        self.items = []

Root = Kind()
Deep = Root.Literal.Number
MISSING = object()
NOTHING = Nothing()
CART = Cart()
"""


@pytest.fixture
def kinds() -> Iterator[Any]:
    module = types.ModuleType("landmark_kinds")
    sys.modules["landmark_kinds"] = module
    exec(TEXT, module.__dict__)
    yield module
    del sys.modules["landmark_kinds"]


def node_of(thing: Any) -> list[Any]:
    graph = freeze({"thing": thing}, drain=False, carry=True)
    return graph["nodes"][graph["roots"]["thing"][0]]


def again(thing: Any) -> Any:
    return compile_thaw(freeze({"thing": thing}, drain=False, carry=True))()["thing"]


@pytest.mark.parametrize("path", ["Root", "Deep", "Root.Literal", "MISSING", "NOTHING"])
def test_a_landmark_comes_back_as_itself(kinds: Any, path: str) -> None:
    thing = kinds
    for part in path.split("."):
        thing = vars(thing)[part]
    assert node_of(thing)[0] == "landmark"
    assert again([thing, thing])[0] is again([thing])[0] is thing


def test_the_place_is_found_by_attributes_too(kinds: Any) -> None:
    assert node_of(kinds.Root.Literal) == ["landmark", "landmark_kinds:Kind", "landmark_kinds:Root.Literal"]


def test_a_landmark_that_came_later_is_known(kinds: Any) -> None:
    node_of(kinds.Root)
    kinds.Late = kinds.Kind("late")
    assert node_of(kinds.Late) == ["landmark", "landmark_kinds:Kind", "landmark_kinds:Late"]


def test_what_has_a_state_of_its_own_is_written_down(kinds: Any) -> None:
    assert node_of(kinds.CART)[0] == "object"
    assert again(kinds.CART) is not kinds.CART


def test_an_equal_object_elsewhere_is_no_landmark(kinds: Any) -> None:
    assert node_of(kinds.Nothing())[0] == "object"
    assert node_of(object())[0] == "object"
    assert node_of(kinds.Kind("x"))[0] == "object"


def test_an_observation_writes_what_it_sees(kinds: Any) -> None:
    graph = freeze({"thing": kinds.NOTHING})
    assert graph["nodes"][graph["roots"]["thing"][0]][0] == "object"


def test_a_landmark_that_is_gone_is_a_sentence(kinds: Any) -> None:
    graph = freeze({"thing": kinds.NOTHING}, carry=True, drain=False)
    del kinds.NOTHING
    with pytest.raises(ThawError, match="landmark_kinds:NOTHING stands in no loaded module now"):
        compile_thaw(graph)


def test_fast_copies_keep_it(kinds: Any) -> None:
    copy = copier({"rows": [kinds.MISSING, kinds.Root]})
    assert copy is not None and copy()["rows"][1] is kinds.Root
