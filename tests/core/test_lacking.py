"""Whether a failure is for want of something that came with the rewrite, and whose name is missing."""

from __future__ import annotations

from typing import Any

import pytest

from afterburner.core.graph import Graph
from afterburner.core.lacking import complaint, wanting
from afterburner.core.observation import Failure, Observed
from afterburner.core.source import Source
from afterburner_worker.freeze import freeze

OLD = Source("old", "from m import tool, titled\n\ndef f(x):\n    y = tool(x)\n    return y.known\n")
NEW = Source(
    "new", "from m import fast, titled\n\ndef f(x):\n    y = fast(x, deep=1)\n    return y.advance() + titled(x)\n"
)


def observed(error: BaseException) -> Observed:
    return Observed(Graph.checked(freeze({"exception": error})))


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (AttributeError("'Y' object has no attribute 'advance'"), True),
        (AttributeError("module 'm' has no attribute 'fast'"), True),
        (AttributeError("type object 'Y' has no attribute 'advance'"), True),
        (NameError("name 'fast' is not defined"), True),
        (ImportError("cannot import name 'fast' from 'm' (m.py)"), True),
        (TypeError("fast() got an unexpected keyword argument 'deep'"), True),
        (TypeError("titled() takes 3 positional arguments but 4 were given"), True),
        (AttributeError("'Y' object has no attribute 'known'"), False),
        (NameError("name 'tool' is not defined"), False),
        (TypeError("f() takes 1 positional argument but 2 were given"), False),
        (ValueError("fast"), False), (KeyError("advance"), False), (AttributeError(), False),
    ],
)  # fmt: skip
def test_names_that_only_the_new_text_uses(error: BaseException, missing: bool) -> None:
    assert wanting(complaint(observed(error)), OLD, NEW) is missing


@pytest.mark.parametrize(
    "detail", ["putting it in place raised ImportError: cannot import name 'fast' from 'm'", "No module named 'm.fast'"]
)
def test_failures_to_answer_complain_too(detail: str) -> None:
    assert wanting(complaint(Observed(failure=Failure("unbuildable", detail))), OLD, NEW)


def test_an_answer_is_no_complaint() -> None:
    results: dict[str, Any] = {"result": "name 'fast' is not defined"}
    assert complaint(Observed(Graph.checked(freeze(results)))) == ""
