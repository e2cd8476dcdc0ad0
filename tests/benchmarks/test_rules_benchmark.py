"""How the benchmark of the rules reads the corpus, sums up what was answered, and continues a run."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DATA = {
    "id": "member", "group": "container", "before": "def f(a):\n    return a[:]\n",
    "after": "def f(a):\n    return a\n", "make_args": "(list(range(n)),)", "small_n": 8, "large_n": 1000,
    "speedup_311": {"small": 1.2, "large": 160.0}, "speedup_313": {"small": 1.4, "large": 180.0},
}  # fmt: skip


@pytest.fixture
def patterns(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import _patterns  # type: ignore[import-not-found]

    found: ModuleType = _patterns
    return found


@pytest.fixture
def bench(patterns: ModuleType) -> ModuleType:
    import rules  # type: ignore[import-not-found]

    found: ModuleType = rules
    return found


def row(patterns: ModuleType, size: str = "large", **changes: Any) -> Any:
    return patterns.Row.of({**DATA, **changes}, size, (3, 11))


def offer(point: float, lower: float, plain: float | None) -> dict[str, Any]:
    measured = None if plain is None else (plain, plain, plain)
    return {
        "rule": "r", "point": point, "lower": lower, "plain": measured, "reference": (100.0, 90.0, 110.0), "why": "",
        "different": [], "proposals": 1, "scatter": 0.02, "seconds": 3.0,
    }  # fmt: skip


NOTHING = {"why": "It is slower.", "different": [], "proposals": 1, "scatter": 0.04, "seconds": 1.0}


@pytest.mark.parametrize(("size", "n", "gain"), [("small", 8, 1.2), ("large", 1000, 160.0)])
def test_a_row_is_read_at_its_size(patterns: ModuleType, size: str, n: int, gain: float) -> None:
    found = row(patterns, size)
    assert (found.n, found.listed) == (n, gain)
    assert found.call == f"f(*(lambda n: (list(range(n)),))({n}))"


@pytest.mark.parametrize(("python", "gain"), [((3, 11), 160.0), ((3, 13), 180.0), ((3, 14), 180.0), ((3, 9), 160.0)])
def test_the_listed_gain_is_that_of_the_nearest_python(
    patterns: ModuleType, python: tuple[int, int], gain: float
) -> None:
    assert patterns.Row.of(DATA, "large", python).listed == gain


def test_every_row_comes_at_every_size_in_a_project_of_its_own(patterns: ModuleType, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({**DATA, "id": name}) + "\n" for name in ("a", "b")), encoding="utf-8")
    found = patterns.read(corpus, ("small", "large"), (3, 11))
    assert [one.key for one in found] == ["a small", "a large", "b small", "b large"]
    files = [one.written(tmp_path) for one in found]
    assert len({file.parent for file in files}) == 4
    assert {file.read_text(encoding="utf-8") for file in files} == {DATA["before"]}


def test_the_plain_loop_tells_fast_from_slow_and_does_not_share_arguments(patterns: ModuleType) -> None:
    slow = row(patterns, before="def f(a):\n    for x in range(len(a)):\n        a.remove(x)\n    return 1\n")
    median, least, largest = patterns.plainly_timed(slow, DATA["after"])
    assert median > 2
    assert least <= median <= largest
    assert patterns.plainly_timed(slow, "def f(a):\n    raise ValueError\n") is None


def test_the_summary_counts_offers_and_those_near_the_reference(patterns: ModuleType, bench: ModuleType) -> None:
    answers = [
        (row(patterns, id="near"), offer(150.0, 140.0, 99.0)),
        (row(patterns, id="far"), offer(20.0, 18.0, 80.0)),
        (row(patterns, id="running-max"), offer(500.0, 400.0, 500.0)),
        (row(patterns, id="none"), {**NOTHING, "proposals": 0}),
    ]
    text = bench.summary(answers)
    assert "with a proposal: 3 of 4; with an offer: 3." in text
    assert "no controls: 2; at least 70% of the reference's listed gain: 1; of its gain in the same plain loop" in text
    assert "here: 2" in text


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (offer(1.3, 1.2, 1.25), False),
        (offer(1.3, 1.2, 0.99), True),
        (offer(1.3, 1.05, 1.25), True),
        (offer(1.3, 1.2, None), True),
        (NOTHING, False),
    ],
)
def test_a_control_may_only_be_offered_with_a_gain_that_is_real(
    patterns: ModuleType, bench: ModuleType, told: dict[str, Any], wrong: bool
) -> None:
    answers = [(row(patterns, id="most-common"), told)]
    assert bench.defects(answers, 1.1) == (["most-common large"] if wrong else [])
    assert bench.defects([(row(patterns, id="member"), told)], 1.1) == []
    last = "lower bound up to 1.1×: " + ("most-common large." if wrong else "none.")
    assert last in bench.page(answers, "balanced")


def test_what_differed_is_on_the_page(patterns: ModuleType, bench: ModuleType) -> None:
    told = {**NOTHING, "different": ["rule:x: Its behaviour differs: f([1])."]}
    page = bench.page([(row(patterns), told)], "balanced")
    assert "- `member` (large): rule:x: Its behaviour differs: f([1])." in page
    assert "refused for it" not in bench.page([(row(patterns), NOTHING)], "balanced")


def test_a_run_is_continued_and_its_page_written_below_the_mark(
    patterns: ModuleType, bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, page = tmp_path / "corpus.jsonl", tmp_path / "page.md"
    corpus.write_text(json.dumps(DATA) + "\n", encoding="utf-8")
    mark = "<!-- what follows is written by benchmarks/rules.py -->\n\n"
    page.write_text(f"# Words\n\n{mark}old\n", encoding="utf-8")
    asked: list[str] = []

    def answer(row: Any, profile: str) -> dict[str, Any]:
        asked.append(row.key)
        return NOTHING

    monkeypatch.setattr(bench, "answer", answer)
    options = ["--corpus", str(corpus), "--results", str(tmp_path / "out/r.jsonl"), "--markdown", str(page)]
    for size in ("large", "both"):
        monkeypatch.setattr("sys.argv", ["rules.py", *options, "--size", size])
        bench.main()
    assert asked == ["member large", "member small"]
    words, _, tables = page.read_text(encoding="utf-8").partition(mark)
    assert words == "# Words\n\n"
    assert "old" not in tables
    assert tables.count("| `member` |") == 2
