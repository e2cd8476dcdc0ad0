"""Built-in, user and workspace profiles: what may be said, how they stack, and what a workspace may not loosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterburner.core.errors import UsageError
from afterburner.settings.load import Settings, load_settings
from afterburner.settings.profiles import TIGHTEST_FIRST, builtin_profiles


@pytest.fixture
def load(tmp_path: Path):
    """A function from the texts of a workspace's pyproject.toml and the user's config.toml to Settings."""

    def load_texts(workspace: str = "", user: str = "") -> Settings:
        project = tmp_path / "project"
        (project / "pkg").mkdir(parents=True, exist_ok=True)
        (project / "pyproject.toml").write_text(workspace)
        (tmp_path / "config.toml").write_text(user)
        return load_settings(project / "pkg" / "module.py", tmp_path / "config.toml")

    return load_texts


def refused(load, *texts: str) -> str:
    with pytest.raises(UsageError) as caught:
        load(*texts)
    return f"{caught.value} {caught.value.hint}"


def test_the_built_in_profiles_are_the_five_promised_ones() -> None:
    assert sorted(builtin_profiles()) == ["balanced", "fast", "memory", "offline", "thorough"]


def test_a_built_in_profile_is_named_as_its_file(root: Path) -> None:
    assert {path.stem for path in (root / "profiles").glob("*.toml")} == set(builtin_profiles())


def test_every_built_in_profile_keeps_the_least_floor_and_asks_the_rules() -> None:
    for profile in builtin_profiles().values():
        assert profile.floor_ratio >= 1.05
        assert "rules" in profile.sources
    assert builtin_profiles()["offline"].network == "none"


def test_without_any_file_the_default_is_balanced(tmp_path: Path) -> None:
    settings = load_settings(None, tmp_path / "absent.toml")
    assert (settings.profile().name, settings.workspace, settings.ignore_state) == ("balanced", None, ())


def test_an_unknown_name_lists_the_known_and_the_closest(load) -> None:
    with pytest.raises(UsageError, match="no profile 'blanced'") as caught:
        load().profile("blanced")
    assert "Did you mean `balanced`?" in caught.value.hint
    assert "thorough" in caught.value.hint


def test_a_workspace_profile_says_only_what_differs(load) -> None:
    settings = load('[tool.afterburner.profiles.mine]\nextends = "fast"\nbudget-s = 3\n')
    mine, fast = settings.profile("mine"), settings.profile("fast")
    assert (mine.name, mine.budget_s) == ("mine", 3)
    assert (mine.launches_max, mine.sources) == (fast.launches_max, fast.sources)
    assert settings.origins["mine"].endswith("pyproject.toml")
    assert settings.origins["fast"] == "built-in"


def test_without_extends_a_profile_starts_from_its_namesake_else_from_balanced(load) -> None:
    settings = load("[tool.afterburner.profiles]\nfast = {budget-s = 5.0}\nnew = {budget-s = 5.0}\n")
    assert settings.profile("fast").launches_max == builtin_profiles()["fast"].launches_max
    assert settings.profile("new").launches_max == builtin_profiles()["balanced"].launches_max


def test_workspace_profiles_may_build_on_each_other_and_on_the_users(load) -> None:
    user = "[profiles.house]\nseed = 7\n"
    settings = load('[tool.afterburner.profiles]\na = {extends = "b"}\nb = {extends = "house", max-cases = 9}\n', user)
    assert (settings.profile("a").seed, settings.profile("a").max_cases) == (7, 9)


def test_a_circle_of_extends_is_refused(load) -> None:
    text = refused(load, '[tool.afterburner.profiles]\na = {extends = "b"}\nb = {extends = "a"}\n')
    assert "extends itself, by way of a → b → a" in text


def test_extending_nothing_that_exists_is_refused(load) -> None:
    text = refused(load, '[tool.afterburner.profiles.mine]\nextends = "fats"\n')
    assert "extends 'fats', and there is no such profile" in text
    assert "Did you mean `fast`?" in text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("budget = 3", "has an unknown key `budget`. Did you mean `budget-s`?"),
        ("budget-s = -1", "`budget-s` = -1 is not accepted: input should be greater than 0."),
        ("budget-s = inf", "`budget-s` = inf is not accepted"),
        ('budget-s = "3"', "`budget-s` = '3' is not accepted: input should be a valid number."),
        ("floor-ratio = 1.01", "`floor-ratio` = 1.01 is not accepted: input should be greater than or equal to 1.05."),
        ("launches-max = 5", "`launches-max` = 5 is not accepted: input should be 4, 6, 8, 12 or 20."),
        ("max-cases = true", "`max-cases` = True is not accepted"),
        ("sources = []", "`sources` = [] is not accepted"),
        ('goal = "speed"', "`goal` = 'speed' is not accepted: input should be 'time', 'memory' or 'integral'."),
        ('name = "other"', "calls itself 'other'"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_file_table_and_key(load, line: str, sentence: str) -> None:
    text = refused(load, f"[tool.afterburner.profiles.mine]\n{line}\n")
    assert "pyproject.toml: [tool.afterburner.profiles.mine]" in text
    assert sentence in text
    assert "\n" not in text and "pydantic" not in text


LOOSE_USER = 'profile = "open"\n[profiles.open]\nnetwork = "any"\nsandbox = "jail"\n'
STRICT_USER = '[profiles.balanced]\nnetwork = "none"\nsandbox = "full"\n'


@pytest.mark.parametrize(("key", "value"), [("network", "local"), ("network", "any"), ("sandbox", "jail")])
def test_a_workspace_cannot_loosen_what_the_user_set(load, key: str, value: str) -> None:
    text = refused(load, f'[tool.afterburner.profiles.balanced]\n{key} = "{value}"\n', STRICT_USER)
    assert f"[tool.afterburner.profiles.balanced] sets {key} = '{value}'" in text
    assert "pyproject.toml" in text
    assert f"a workspace can only tighten {key}" in text


def test_a_workspace_cannot_loosen_a_built_in_profile(load) -> None:
    assert "'none' of profile 'offline'" in refused(load, '[tool.afterburner.profiles.offline]\nnetwork = "local"\n')


def test_a_workspace_cannot_loosen_by_extending_a_looser_profile(load) -> None:
    text = refused(load, '[tool.afterburner.profiles.offline]\nextends = "open"\n', LOOSE_USER)
    assert "network = 'any'" in text and "profile 'offline'" in text


def test_a_workspace_cannot_make_a_looser_profile_the_default(load) -> None:
    user = LOOSE_USER.replace('profile = "open"', 'profile = "offline"')
    text = refused(load, '[tool.afterburner]\nprofile = "open"\n', user)
    assert "chooses `open` with network = 'any'" in text
    assert load("", user).profile("open").network == "any"


def test_a_workspace_may_tighten(load) -> None:
    settings = load('[tool.afterburner.profiles.balanced]\nnetwork = "none"\nsandbox = "full"\n')
    assert (settings.profile().network, settings.profile().sandbox) == ("none", "full")


def test_the_user_may_loosen_and_choose_a_default(load) -> None:
    assert load("", LOOSE_USER).profile().network == "any"


def test_a_workspace_may_choose_a_default_that_is_as_tight(load) -> None:
    assert load('[tool.afterburner]\nprofile = "fast"\n').profile().name == "fast"


@pytest.mark.parametrize(
    ("workspace", "user", "may"),
    [("", "", True), ('overlay = "auto"', "", True), ('overlay = "never"', "", False),
     ("", 'overlay = "never"', False), ('overlay = "auto"', 'overlay = "never"', False)],
)  # fmt: skip
def test_tools_are_fetched_unless_anybody_says_never(load, workspace: str, user: str, may: bool) -> None:
    assert load(f"[tool.afterburner]\n{workspace}\n", f"{user}\n").may_fetch is may


def test_the_orders_of_tightness_cover_every_accepted_value() -> None:
    for profile in builtin_profiles().values():
        assert profile.network in TIGHTEST_FIRST["network"]
        assert profile.sandbox in TIGHTEST_FIRST["sandbox"]
