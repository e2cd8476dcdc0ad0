"""The settings of an editor: what is understood holds, and each value that is not is told with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from afterburner.settings.editor import EditorTable, read


@pytest.mark.parametrize("data", [None, "", {}, {"profile": None}, {"tests": {"run": None}}, {"tests": {}}])
def test_nothing_set_means_the_defaults(data: object) -> None:
    assert read(data) == (EditorTable(), ())


@pytest.mark.parametrize(
    "data",
    [
        {"tests": {"run": "never"}, "codeLens": {"enable": False}, "diagnostics": {"ignore": ["a"]}},
        {"tests.run": "never", "codeLens.enable": False, "diagnostics.ignore": ["a"]},
        {"tests.run": "never", "codeLens": {"enable": False}, "diagnostics": {"ignore": ["a"], "enable": True}},
    ],
)
def test_nested_and_dotted_names_mean_the_same(data: dict[str, Any]) -> None:
    table, problems = read(data)
    assert (table.tests.run, table.code_lens.enable, table.diagnostics.ignore, problems) == ("never", False, ["a"], ())


def test_dotted_and_nested_names_of_one_table_add_up() -> None:
    for data in ({"diagnostics.enable": False, "diagnostics": {"ignore": ["a"]}},
                 {"diagnostics": {"ignore": ["a"]}, "diagnostics.enable": False}):  # fmt: skip
        table, problems = read(data)
        assert (table.diagnostics.enable, table.diagnostics.ignore, problems) == (False, ["a"], ())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"profil": "fast"}, "no setting `afterburner.profil`. Did you mean `profile`?"),
        ({"codeLens": {"enabled": True}}, "no setting `afterburner.codeLens.enabled`. Did you mean `enable`?"),
        ({"code_lens": {"enable": True}}, "no setting `afterburner.code_lens`. Did you mean `codeLens`?"),
        ({"tests.run": "perhaps"}, "`afterburner.tests.run` is not used: input should be 'ask', 'always' or 'never'."),
        ({"hover": {"enable": "yes"}}, "`afterburner.hover.enable` is not used: input should be a valid boolean."),
        ({"hover": False}, "`afterburner.hover` is not used"),
        ({"profile": 3}, "`afterburner.profile` is not used: input should be a valid string."),
        ({"diagnostics": {"ignore": ["a", 3]}}, "`afterburner.diagnostics.ignore.1` is not used"),
        ({"sandbox": "none"}, "`afterburner.sandbox` is not used: input should be 'auto' or 'full'."),
    ],
)
def test_a_value_that_is_not_understood_is_told_and_the_rest_holds(data: dict[str, Any], told: str) -> None:
    table, problems = read({"interpreter": "/python", **data})
    assert len(problems) == 1 and told in problems[0], problems
    assert table == EditorTable(interpreter="/python")


def test_every_wrong_value_is_told_once() -> None:
    table, problems = read({"a": 1, "b": 2, "tests": {"run": 3, "c": 4}, "profile": "fast"})
    assert len(problems) == len(set(problems)) == 4 and table == EditorTable(profile="fast")


@pytest.mark.parametrize("data", [[], "fast", 3, True])
def test_settings_that_are_no_table_are_told(data: object) -> None:
    table, problems = read(data)
    assert table == EditorTable() and "not a table" in problems[0]


def test_what_the_client_sent_is_left_as_it_was() -> None:
    data = {"tests": {"run": "perhaps"}, "hover.enable": False}
    read(data)
    assert data == {"tests": {"run": "perhaps"}, "hover.enable": False}
