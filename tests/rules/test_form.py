"""Every rule has the form that its page, its explanation and the engine rely on."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from afterburner import rules
from afterburner.core.errors import EnvironmentProblem
from afterburner.core.facts import Facts
from afterburner.core.rewrite import Safety
from afterburner.core.source import Source
from afterburner.core.target import find
from afterburner.rules import GROUPS, SECTIONS, Rule, discover

PACKAGE = Path(rules.__file__).parent
FILES = sorted(p.stem for p in PACKAGE.glob("[a-z]*.py") if p.stem not in {"patterns", "source"})
RULES = discover()


def problems(rule: Rule) -> list[str]:
    """What a rule lacks, in words."""
    found = []
    heads = re.findall(r"^(\S.*)\n-{3,}$", rule.doc, flags=re.MULTILINE)
    if tuple(heads) != SECTIONS:
        found.append(f"sections are {heads}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id):
        found.append(f"the id {rule.id!r} is not in kebab case")
    if rule.group not in GROUPS or rule.improves not in ("time", "memory") or not isinstance(rule.safety, Safety):
        found.append("group, improves or safety has an unknown value")
    if list(inspect.signature(rule.find).parameters) != ["target", "facts"]:
        found.append("find does not take (target, facts)")
    if not re.fullmatch(r"[A-Z`].{10,90}[^.]\.", rule.title):
        found.append("the title is not one sentence of 12 to 92 characters")
    return found + [f"the example is not Python: {code}" for code in bad_examples(rule)]


def bad_examples(rule: Rule) -> list[str]:
    blocks = re.findall(r"^```python\n(.*?)^```$", rule.doc, flags=re.MULTILINE | re.DOTALL)
    return ["none"] if len(blocks) != 2 else [code for code in blocks if not parses(code)]


def parses(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_has_its_form(rule: Rule) -> None:
    assert problems(rule) == []


def new_rule(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    tool = Path(__file__).resolve().parents[2] / "tools/new_rule.py"
    return subprocess.run(
        [sys.executable, tool, *arguments, "--root", root], capture_output=True, text=True, check=False
    )


def test_a_new_rule_begins_with_its_form(tmp_path: Path) -> None:
    answer = new_rule(tmp_path, "copy-loop", "--group", "micro")
    paths = answer.stdout.splitlines()
    assert paths == ["server/afterburner/rules/copy_loop.py", "tests/rules/copy-loop.md"], answer.stderr
    spec = importlib.util.spec_from_file_location("copy_loop", tmp_path / paths[0])
    assert spec and spec.loader
    file = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(file)
    assert problems(Rule(file.id, file.__doc__ or "", file.improves, file.safety, file.group, file.find)) == []
    cases = (tmp_path / paths[1]).read_text(encoding="utf-8")
    before, after, _ = re.findall(r"^```python \w+\n(.*?)^```$", cases, flags=re.MULTILINE | re.DOTALL)
    found = list(file.find(find(Source("example.py", before), "example", "f"), Facts()))
    assert [rewrite.source.text for rewrite in found] == [after]


def test_a_new_rule_takes_no_name_in_use_and_no_strange_one(tmp_path: Path) -> None:
    assert new_rule(tmp_path, "copy-loop").returncode == 0
    assert new_rule(tmp_path, "copy-loop").returncode == 2
    assert new_rule(tmp_path, "CopyLoop").returncode == 2
    assert len(list(tmp_path.rglob("*.*"))) == 2


def test_every_file_is_a_rule_of_its_name() -> None:
    assert [name.replace("_", "-") for name in FILES] == sorted(RULES)


def test_a_rule_without_its_sections_is_noticed() -> None:
    found = problems(Rule("Bad_Id", "Title.\n", "time", Safety.NEEDS_PROOF, "other", lambda target: iter(())))  # type: ignore[arg-type,misc]
    assert len(found) == 6


def test_finding_rules_loads_no_heavy_library() -> None:
    program = (
        "import sys, afterburner.rules as r; r.discover(); print('libcst' in sys.modules, 'asyncio' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "False False\n"


def test_a_rule_from_elsewhere_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name, value = "theirs", "no_such_package.rule"

    monkeypatch.setattr(rules, "entry_points", lambda group: [Entry])
    with pytest.raises(EnvironmentProblem, match="entry point 'theirs'"):
        discover.__wrapped__()


def test_a_rule_from_elsewhere_is_found_and_may_not_take_a_name_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name, value = "theirs", f"{rules.__name__}.membership_set"

    monkeypatch.setattr(rules, "entry_points", lambda group: [Entry])
    with pytest.raises(EnvironmentProblem, match="'membership-set'"):
        discover.__wrapped__()
    monkeypatch.setattr(rules, "_own_modules", lambda: iter(()))
    assert discover.__wrapped__() == {"membership-set": RULES["membership-set"]}


def test_rules_know_nothing_of_each_other() -> None:
    for name in FILES:
        tree = ast.parse(Path(import_module(f"{rules.__name__}.{name}").__file__ or "").read_text(encoding="utf-8"))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert [
            m for m in modules if m.startswith("afterburner.rules.") and not m.startswith("afterburner.rules._")
        ] == []
