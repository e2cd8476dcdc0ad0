"""What a capture wrote is untrusted: what breaks the format is passed over, and the rest is used."""

from __future__ import annotations

import json
from pathlib import Path

from afterburner.core.inputs import Origin
from afterburner.runner.capturing import Run, read

GRAPH = {"nodes": [["tuple", [1]], ["dict", []]], "roots": {"args": [0], "kwargs": [1]}}
ENDED = {
    "status": "done", "calls": 7, "tests": 2, "seconds": 0.5, "capturing_s": 0.1, "modules": ["shop.cart", "no good"],
    "path": ["/p/tests", "relative"], "notes": ["A note."],
}  # fmt: skip


def answers(file: Path, *messages: tuple[str, object] | bytes) -> Path:
    lines = [m if isinstance(m, bytes) else json.dumps({"kind": m[0], "body": m[1]}).encode() + b"\n" for m in messages]
    file.write_bytes(b"".join(lines))
    return file


def recorded(slot: int, test: str, graph: object = GRAPH) -> tuple[str, object]:
    return "Recorded", {"slot": slot, "test": test, "graph": graph}


def ended(name: str, outcome: str, calls: int) -> tuple[str, object]:
    return "TestEnded", {"name": name, "outcome": outcome, "calls": calls, "seconds": 0.1, "reason": ""}


def run(kind: str = "pytest") -> Run:
    return Run(kind, (), Path("/p"), 1.0, 10)  # type: ignore[arg-type]


def test_calls_carry_the_test_that_made_them(tmp_path: Path) -> None:
    file = answers(
        tmp_path / "a", recorded(0, "tests/t.py::T::test_a[1]"), recorded(1, "tests/t.py::T::test_a[1]"),
        ended("tests/t.py::T::test_a[1]", "passed", 7), ended("tests/t.py::test_b", "passed", 0),
        ("CaptureEnded", ENDED),
    )  # fmt: skip
    found = read(file, run())
    captured = found.captured
    assert found.status == "done"
    assert [(case.origin, case.label) for case in captured.cases] == [
        (Origin.TEST, "test_a[1]"), (Origin.TEST, "test_a[1] #2"),
    ]  # fmt: skip
    assert [test.name for test in captured.tests] == ["tests/t.py::T::test_a[1]"]
    assert (captured.calls, captured.modules, captured.path) == (7, ("shop.cart",), ("/p/tests",))
    assert captured.suite is not None and (captured.suite.runner, captured.suite.root) == ("pytest", "/p")


def test_a_later_call_takes_the_slot(tmp_path: Path) -> None:
    other = {**GRAPH, "nodes": [["tuple", [2]], ["dict", []]]}
    file = answers(tmp_path / "a", recorded(0, "one"), recorded(0, "two", other))
    [case] = read(file, run()).captured.cases
    assert case.label == "two" and case.call.graph == other  # type: ignore[union-attr]


def test_a_script_has_no_suite(tmp_path: Path) -> None:
    found = read(answers(tmp_path / "a", recorded(0, "run.py")), run("script")).captured
    assert found.suite is None and found.cases[0].origin is Origin.RECORDED


def test_what_breaks_the_format_is_passed_over(tmp_path: Path) -> None:
    file = answers(
        tmp_path / "a", b"no json\n", b"[]\n", b'{"kind": "Recorded"}\n', b'{"kind": "Surprise", "body": {}}\n',
        b'{"kind": "Recorded", "body": {"slot": "x", "test": 1, "graph": null}}\n', b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        recorded(0, "evil", {"nodes": [["tuple", [[9]]]], "roots": {"args": [0]}}),
        recorded(1, "evil", {"nodes": [["pickle", "x"]], "roots": {}}), recorded(2, "good"),
        b'{"kind": "CaptureEnded"',
    )  # fmt: skip
    found = read(file, run())
    assert [case.label for case in found.captured.cases] == ["good"]
    assert found.status == "incomplete"


def test_no_file_is_an_unfinished_run(tmp_path: Path) -> None:
    assert read(tmp_path / "missing", run()).status == "incomplete"
