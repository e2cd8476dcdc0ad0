"""Which of a project's tests are thought to reach a function, read off their text."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterburner.core.target import find
from afterburner.inputs import tests
from afterburner.runner import project

SHOP = {
    "pyproject.toml": "[project]\nname = 'shop'\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": (
        "def _round(x):\n    return x\n\n\nclass Cart:\n    def __init__(self, items):\n        self.items = items\n\n"
        "    def total(self):\n        return _round(sum(self.items))\n\n\ndef bill(cart):\n    return cart.total()\n"
    ),
    "tests/test_cart.py": "from shop.cart import Cart\n\ndef test_it():\n    assert Cart([1]).total() == 1\n",
    "tests/test_bill.py": "from shop import cart\n\ndef test_it():\n    assert cart.bill(None)\n",
    "tests/test_other.py": "import shop\n\ndef test_it():\n    assert shop\n",
    "tests/test_stranger.py": "import os\n\ndef test_total():\n    assert os\n",
    "tests/helper.py": "from shop.cart import Cart\nTOTAL = Cart([]).total()\n",
    ".venv/pyvenv.cfg": "",
    ".venv/lib/test_total.py": "import shop; shop.total()\n",
    "env39/pyvenv.cfg": "",
    "env39/test_total.py": "import shop; shop.total()\n",
}


def planned(folder: Path, files: dict[str, str], file: str, where: str) -> tests.Plan | None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    place = project.locate(folder / file)
    return tests.plan(find(project.read(folder / file), place.module, where), place)


def test_files_that_name_the_target_come_before_those_that_name_a_caller(tmp_path: Path) -> None:
    plan = planned(tmp_path, SHOP, "src/shop/cart.py", "Cart.total")
    assert plan is not None
    assert plan.likely == ("tests/test_cart.py", "tests/test_bill.py")
    assert plan.others == ("tests/test_other.py",)
    assert plan.root == tmp_path and plan.runner == "pytest"


def test_callers_of_callers_are_followed(tmp_path: Path) -> None:
    plan = planned(tmp_path, SHOP, "src/shop/cart.py", "_round")
    assert plan is not None
    assert plan.likely == ("tests/test_cart.py", "tests/test_bill.py")


def test_a_special_method_is_spoken_of_by_its_class(tmp_path: Path) -> None:
    plan = planned(tmp_path, SHOP, "src/shop/cart.py", "Cart.__init__")
    assert plan is not None and plan.likely[0] == "tests/test_cart.py"


def test_a_file_that_belongs_to_no_package_is_known_by_its_own_name(tmp_path: Path) -> None:
    files = {"m.py": "def f(x):\n    return x\n", "test_m.py": "import m\n\ndef test():\n    m.f(1)\n"}
    plan = planned(tmp_path, files, "m.py", "f")
    assert plan is not None and plan.likely == ("test_m.py",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\npython_files = check_*.py\ntestpaths = checks\n"),
        ("tox.ini", "[pytest]\npython_files = check_*.py\ntestpaths =\n    checks\n"),
        ("setup.cfg", "[tool:pytest]\npython_files = check_*.py\ntestpaths = checks\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npython_files = ['check_*.py']\ntestpaths = ['checks']\n"),
    ],
)
def test_the_projects_own_settings_say_what_is_a_test(tmp_path: Path, name: str, text: str) -> None:
    files = {
        "pyproject.toml": "",
        "m.py": "def f(x):\n    return x\n",
        "test_m.py": "import m\n\ndef test():\n    m.f(1)\n",
        "checks/check_m.py": "import m\n\ndef test():\n    m.f(1)\n",
        "old/check_m.py": "import m\n\ndef test():\n    m.f(1)\n",
        name: text,
    }
    plan = planned(tmp_path, files, "m.py", "f")
    assert plan is not None and plan.files == ("checks/check_m.py",)


def test_tests_of_the_repository_serve_a_package_that_has_none(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "",
        "packages/a/pyproject.toml": "",
        "packages/a/a/__init__.py": "",
        "packages/a/a/m.py": "def f(x):\n    return x\n",
        "tests/test_a.py": "from a.m import f\n\ndef test():\n    f(1)\n",
    }
    plan = planned(tmp_path, files, "packages/a/a/m.py", "f")
    assert plan is not None and plan.root == tmp_path and plan.likely == ("tests/test_a.py",)


def test_the_package_s_settings_for_pytest_may_lie_above_it(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "",
        "pytest.ini": "[pytest]\n",
        "a/pyproject.toml": "",
        "a/m.py": "def f(x):\n    return x\n",
        "a/tests/test_m.py": "from m import f\n\ndef test():\n    f(1)\n",
    }
    plan = planned(tmp_path, files, "a/m.py", "f")
    assert plan is not None and plan.root == tmp_path and plan.likely == ("a/tests/test_m.py",)


def test_what_is_written_for_unittest_alone_does_not_need_pytest(tmp_path: Path) -> None:
    case = "import unittest\nimport m\n\nclass T(unittest.TestCase):\n    def test(self):\n        m.f(1)\n"
    files = {"pyproject.toml": "", "m.py": "def f(x):\n    return x\n", "test_m.py": case}
    plan = planned(tmp_path, files, "m.py", "f")
    assert plan is not None and plan.runner == "unittest"


def test_a_project_without_tests_has_no_plan(tmp_path: Path) -> None:
    assert planned(tmp_path, {"pyproject.toml": "", "m.py": "def f(x):\n    return x\n"}, "m.py", "f") is None


def test_an_edit_of_any_source_shows_in_the_digests(tmp_path: Path) -> None:
    before = planned(tmp_path, SHOP, "src/shop/cart.py", "Cart.total")
    after = planned(tmp_path, {"tests/helper.py": "X = 1\n"}, "src/shop/cart.py", "Cart.total")
    assert before is not None and after is not None
    changed = {name for name in before.digests if before.digests[name] != after.digests[name]}
    assert changed == {"tests/helper.py"}
