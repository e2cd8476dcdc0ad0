"""What each command asks of the app, prints, writes, and exits with."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from afterburner import app
from afterburner.cli import places
from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.report import bundle


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("shop.py::total", ("shop.py", "total")),
        ("shop.py::Cart.total", ("shop.py", "Cart.total")),
        ("shop.py::Cart::total", ("shop.py", "Cart.total")),
        ("a/b.py:12", ("a/b.py", "12")),
        (r"C:\a\b.py:12", (r"C:\a\b.py", "12")),
    ],
)
def test_how_functions_are_named(text: str, place: tuple[str, str]) -> None:
    assert places.function(text) == (Path(place[0]), place[1])


@pytest.mark.parametrize("text", ["shop.py", "shop.py::", "::total", "shop.py:", "shop.py:x", ":3", ""])
def test_what_names_no_function_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="does not name a function"):
        places.function(text)


OPTIONS = [
    "--profile", "fast", "--call", "f(1)", "--call", "f(2)", "--interpreter", "/usr/bin/python3", "--budget", "2.5",
]  # fmt: skip


def test_the_options_reach_the_app(answers, call, tmp_path: Path) -> None:
    asked = answers("offer")
    (tmp_path / "calls.txt").write_text("f(3)")
    assert call("optimize", "shop.py::f", *OPTIONS, "--inputs", tmp_path / "calls.txt").exit_code == 0
    [(request,)] = asked
    expected = app.Request(
        Path("shop.py"), "f", "fast", ("f(1)", "f(2)"), tmp_path / "calls.txt", "/usr/bin/python3", 2.5
    )
    assert request == expected


def test_compare_hands_over_the_candidate_and_its_name(answers, call) -> None:
    asked = answers("compare-faster")
    assert call("compare", "shop.py::C.f", "new.py::D::g").exit_code == 0
    assert call("compare", "shop.py:4", "new.py").exit_code == 0
    assert [(r.where, file, name) for r, file, name in asked] == [
        ("C.f", Path("new.py"), "D.g"),
        ("4", Path("new.py"), None),
    ]


CODES = [
    ("optimize", "offer", 0), ("optimize", "nothing-offered", 1), ("compare", "compare-faster", 0),
    ("compare", "compare-slower", 1), ("compare", "compare-unshown", 1), ("compare", "compare-noisy", 1),
    ("compare", "compare-different", 4), ("compare", "compare-except", 5), ("compare", "compare-inconclusive", 6),
]  # fmt: skip


@pytest.mark.parametrize(("command", "name", "code"), CODES, ids=[name for _, name, _ in CODES])
@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "json"])
def test_exit_status_and_output(
    answers, call, made, root: Path, command: str, name: str, code: int, flags: tuple[str, ...]
) -> None:
    answers(name)
    candidate = ["new.py"] if command == "compare" else []
    result = call(command, "shop.py::f", *candidate, *flags)
    assert result.exit_code == code, result.stderr
    if flags:
        found = json.loads(result.stdout)
        jsonschema.validate(found, json.loads((root / "docs/schema/outcome-1.json").read_text()))
        assert (found["exit_code"], found["applied"], found["bundle"]) == (code, False, None)
    else:
        golden = (root / f"tests/report/golden/{name}.txt").read_text()
        assert result.stdout == golden


def test_progress_stays_on_stderr_and_skips_what_only_counts_on(answers, call) -> None:
    answers("offer")
    assert call("optimize", "shop.py::f", "--json").stderr == "measure: launch 1\nmeasure: growth\n"


def test_all_candidates_and_bundle(answers, call, root: Path, tmp_path: Path) -> None:
    answers("nothing-offered")
    result = call("optimize", "shop.py::f", "--all-candidates", "--bundle", tmp_path / "run.json")
    golden = (root / "tests/report/golden/all-candidates.txt").read_text()
    assert result.stdout.startswith(golden) and "afterburner replay" in result.stdout
    assert len(bundle.read(tmp_path / "run.json").rewrites) == 5


@pytest.fixture
def shop(made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module of the outcomes made by hand, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.py").write_text(made.MODULE)
    return tmp_path / "orders.py"


def test_apply_writes_the_offer_and_says_how_to_undo_it(answers, call, made, shop: Path) -> None:
    answers("offer")
    shop.chmod(0o640)
    result = call("optimize", "orders.py::repeat_customers", "--apply")
    assert result.exit_code == 0 and shop.read_text() == made.FAST
    assert "Applied: 2 lines of orders.py changed, and nothing else." in result.stdout
    assert "patch -R orders.py" in " ".join(result.stdout.split())
    assert shop.stat().st_mode & 0o777 == 0o640 and list(shop.parent.iterdir()) == [shop]


def test_apply_with_json_says_that_it_was_applied(answers, call, made, shop: Path) -> None:
    answers("compare-faster")
    result = call("compare", "orders.py::repeat_customers", "new.py", "--apply", "--json")
    assert json.loads(result.stdout)["applied"] is True and shop.read_text() == made.FAST


NOT_PROVEN = ["compare-different", "compare-except", "compare-inconclusive", "compare-slower", "compare-weak"]


@pytest.mark.parametrize("name", NOT_PROVEN)
def test_what_is_not_proven_is_never_applied(answers, call, made, shop: Path, name: str) -> None:
    answers(name)
    result = call("compare", "orders.py::repeat_customers", "new.py", "--apply")
    assert "Not applied" in result.stdout and shop.read_text() == made.MODULE
    result = call("compare", "orders.py::repeat_customers", "new.py", "--apply", "--json")
    assert json.loads(result.stdout)["applied"] is False and shop.read_text() == made.MODULE


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "json"])
def test_a_file_that_changed_meanwhile_is_left_alone(answers, call, made, shop: Path, flags: tuple[str, ...]) -> None:
    answers("offer")
    shop.write_text(made.MODULE + "\nMORE = 1\n")
    result = call("optimize", "orders.py::repeat_customers", "--apply", *flags)
    assert result.exit_code == 3 and "was changed since it was read" in result.stderr
    assert shop.read_text() == made.MODULE + "\nMORE = 1\n"
    assert json.loads(result.stdout)["applied"] is False if flags else "12.4× faster" in result.stdout


WRONG = [
    ("optimize",), ("optimize", "f.py::g", "--budget", "0"), ("optimize", "f.py::g", "--inputs", "absent.txt"),
    ("optimize", "f.py"), ("compare", "f.py::g"), ("compare", "f.py::g", "::x"), ("nonsense",), ("--nonsense",),
    ("optimize", "f.py::g", "--bundle", "absent/b.json"),
    ("explain", "nonsense"), ("explain",), ("replay", "absent.json"), ("replay",),
]  # fmt: skip


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_exits_2_with_a_sentence(call, arguments: tuple[str, ...]) -> None:
    result = call(*arguments)
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr and "Traceback" not in result.stderr


def test_errors_are_a_sentence_and_a_hint(call, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*arguments):
        raise EnvironmentProblem("The sandbox \x1b[2J is broken.", "Repair it.")

    monkeypatch.setattr(app, "optimize", broken)
    result = call("optimize", "shop.py::f")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "afterburner: The sandbox \\x1b[2J is broken.\nRepair it.\n"


def test_an_unexpected_exception_is_one_sentence_unless_debugging(call, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*arguments):
        raise KeyError("lost")

    monkeypatch.setattr(app, "optimize", broken)
    result = call("optimize", "shop.py::f")
    assert result.exit_code == 3 and result.stderr.startswith("afterburner: Internal error (KeyError: 'lost').")
    assert "Traceback" not in result.stderr
    assert "Traceback" in call("--debug", "optimize", "shop.py::f").stderr


def test_rules_explain_and_profiles(call) -> None:
    listed = call("rules")
    assert listed.exit_code == 0
    ids = [line.split()[0] for line in listed.stdout.splitlines() if line[:1] != " "]
    assert ids and ids == sorted(ids)
    explained = call("explain", ids[0])
    assert explained.exit_code == 0 and "Why it is slow" in explained.stdout
    profiles = call("profiles").stdout
    assert "balanced  (default)  built-in" in profiles and "thorough" in profiles


def test_an_unknown_rule_is_answered_with_its_neighbours(call) -> None:
    first = call("rules").stdout.split()[0]
    assert f"Did you mean {first}" in call("explain", f"{first}x").stderr


COMMANDS = [
    "optimize", "compare", "profile", "inputs", "test", "rules", "explain", "profiles", "trust", "doctor",
    "replay", "server",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_example(call, command: str) -> None:
    text = call(command, "--help").stdout
    assert f"\n  afterburner {command}" in text
    if command in ("optimize", "compare", "profile", "doctor", "replay"):
        assert "Exit status:" in text


def test_the_program_lists_every_command_and_its_version(call) -> None:
    text = call("--help").stdout
    assert [line.split()[0] for line in text.split("Commands:\n")[1].split("\n\n")[0].splitlines()] == COMMANDS
    assert call("--version").stdout.startswith("afterburner, version ")


def test_trust_remembers_and_forgets(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    project = tmp_path / "shop"
    project.mkdir()
    (project / "pyproject.toml").touch()
    assert call("trust", project).stdout == f"Its tests may run in {project}.\n"
    assert call("trust", "--list").stdout == f"runs  {project}\n"
    assert call("trust", "--no", project).stdout == f"Nothing of its own runs in {project}.\n"
    assert call("trust", "--list").stdout == f"never {project}\n".replace("never ", "never  ")
    assert call("trust", "--forget", project).exit_code == 0
    assert call("trust", "--list").stdout == ""
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_what_was_refused_once_does_not_run(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    project = tmp_path / "shop"
    project.mkdir()
    (project / "pyproject.toml").touch()
    (project / "m.py").write_text("def f(xs):\n    return sum(xs)\n")
    assert call("trust", "--code", "--no", project).stdout == f"Nothing at all runs in {project}.\n"
    assert call("trust", "--code", "--list").stdout == f"never  {project}\n" and call("trust", "--list").stdout == ""
    refused = call("optimize", project / "m.py::f")
    assert refused.exit_code == 3 and f"`afterburner trust --code {project}`" in refused.stderr


def test_the_options_about_tests_reach_the_app(answers, call) -> None:
    asked = answers("offer")
    for options in ([], ["--tests"], ["--no-tests"], ["--record", "python run.py"]):
        call("optimize", "shop.py::f", *options)
    assert [(r.tests, r.record) for (r,) in asked] == [
        (None, None), (True, None), (False, None), (None, "python run.py"),
    ]  # fmt: skip
