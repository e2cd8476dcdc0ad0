"""Which paths are shown to a confined process, and which never are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from afterburner.core.errors import EnvironmentProblem
from afterburner.runner.sandbox.paths import interpreter_paths, layout, too_broad


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path.resolve() / "home/somebody"
    folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    return folder


def test_a_folder_inside_another_is_bound_once(tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "ab").mkdir()
    real = os.path.realpath(tmp_path)
    shown = layout((str(tmp_path / "a/b"), str(tmp_path / "ab"), str(tmp_path / "a"), str(tmp_path / "missing")))
    assert shown.binds == (f"{real}/a", f"{real}/ab")
    assert shown.links == ()


def test_links_on_the_way_are_shown_and_what_they_lead_to(tmp_path):
    top = tmp_path.resolve()
    (top / "real/bin").mkdir(parents=True)
    (top / "real/bin/python3").touch()
    (top / "real/bin/python").symlink_to("python3")
    (top / "current").symlink_to("real")
    (top / "shim").symlink_to(top / "elsewhere/../current/bin/python")
    (top / "elsewhere").mkdir()
    shown = layout((str(top / "shim"), str(top / "current")))
    assert shown.binds == (str(top / "real"),)
    assert shown.links == (
        (str(top / "current"), "real"),
        (str(top / "shim"), str(top / "elsewhere/../current/bin/python")),
    )


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert layout((str(tmp_path / "a"),)).binds == ()


def test_a_home_and_what_lies_above_it_are_too_broad(home):
    (home / "project").mkdir()
    (home.parent / "link").symlink_to(home)
    broad = [
        path for path in (home, home.parent, home.parent / "link", Path("/"), Path("/etc")) if too_broad(str(path))
    ]
    assert len(broad) == 5
    assert not too_broad(str(home / "project"))
    assert not too_broad("/usr")


def test_an_import_path_through_the_home_is_not_granted(home, monkeypatch, tmp_path):
    package = home / "package"
    package.mkdir()
    monkeypatch.setenv("PYTHONPATH", f"{home}:{package}")
    (tmp_path / "python").symlink_to(sys.executable)  # asked once per path: not the one of other tests
    granted = interpreter_paths(str(tmp_path / "python"))
    assert str(home) not in granted
    assert str(package) in granted
    assert sys.base_prefix in granted


def test_an_interpreter_that_does_not_run_is_a_sentence(tmp_path):
    with pytest.raises(EnvironmentProblem, match="python does not run: "):
        interpreter_paths(str(tmp_path / "python"))
