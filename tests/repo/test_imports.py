"""Who may import whom: the walls of ARCHITECTURE.md, checked on every import statement under server/."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[2] / "server"

EVERYTHING = frozenset(
    {"core", "pipeline", "rules", "inputs", "providers", "verifiers", "measure", "runner", "settings", "report"}
)
FIRST_PARTY = {
    "core": frozenset[str](),
    "pipeline": frozenset({"core"}),
    "rules": frozenset({"core"}),
    "inputs": frozenset({"core", "runner"}),
    "providers": frozenset({"core"}),
    "verifiers": frozenset({"core", "runner"}),
    "measure": frozenset({"core", "runner"}),
    "runner": frozenset({"core"}),
    "settings": frozenset({"core"}),
    "report": frozenset({"core"}),
    "app": EVERYTHING | {"recording"},
    "recording": EVERYTHING,
    "around": EVERYTHING,
    "reading": frozenset({"core", "rules", "settings"}),
    "working": frozenset({"app", "core", "report", "runner"}),
    "cli": frozenset({"app", "around", "core", "report", "lsp"}),
    "lsp": frozenset({"app", "around", "core", "reading", "report", "settings", "working"}),
}
THIRD_PARTY = {
    "rules": {"libcst"},
    "providers": {"httpx", "pydantic"},
    "runner": {"platformdirs", "pydantic"},
    "settings": {"pydantic", "pydantic_core", "platformdirs"},
    "report": {"pydantic", "rich"},
    "cli": {"click", "rich"},
    "lsp": {"pygls", "lsprotocol"},
}
FAMILIES = {"rules", "inputs", "providers", "verifiers"}
OUTSIDE_WORLD = {
    "asyncio", "ctypes", "datetime", "http", "json", "logging", "os", "pickle", "random", "shutil",
    "signal", "socket", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip


@dataclass(frozen=True)
class Import:
    """One imported module, as the importing file and line say it."""

    path: Path
    line: int
    module: str

    @property
    def importer(self) -> tuple[str, ...]:
        return self.path.relative_to(SERVER).with_suffix("").parts

    def __str__(self) -> str:
        return f"{self.path.relative_to(SERVER)}:{self.line} imports {self.module}"


def imports_of(path: Path) -> Iterator[Import]:
    package = path.relative_to(SERVER).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(path, node.lineno, _real_module(module, alias.name)) for alias in node.names)


def _real_module(module: str, name: str) -> str:
    """`from package import module` imports the module, not only the package."""
    place = SERVER.joinpath(*module.split("."), name)
    return f"{module}.{name}" if place.is_dir() or place.with_suffix(".py").is_file() else module


ALL = [found for path in sorted(SERVER.rglob("*.py")) for found in imports_of(path)]
OURS = [found for found in ALL if found.importer[0] == "afterburner" and len(found.importer) > 1]


def is_allowed(found: Import) -> bool:
    part = found.importer[1]
    top, *rest = found.module.split(".")
    match top, rest:
        case "afterburner", [] | ["__init__"]:
            return True
        case "afterburner", [other, *_]:
            return other == part or other in FIRST_PARTY.get(part, ())
        case "afterburner_worker", ["messages" | "run_messages"]:
            return part == "runner"
        case "afterburner_worker", _:
            return False
        case _:
            return top in sys.stdlib_module_names or top in THIRD_PARTY.get(part, ())


@pytest.mark.parametrize("part", sorted(FIRST_PARTY))
def test_imports_go_in_the_allowed_directions_only(part: str) -> None:
    wrong = [str(found) for found in OURS if found.importer[1] == part and not is_allowed(found)]
    assert not wrong, "\n".join([f"{part} may import {sorted(FIRST_PARTY[part])}, but:", *wrong])


def test_every_part_of_the_server_has_its_rule() -> None:
    parts = {path.stem for path in (SERVER / "afterburner").iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert parts - {"__init__", "__main__"} <= set(FIRST_PARTY)


def test_core_has_no_outside_world() -> None:
    wrong = [str(f) for f in OURS if f.importer[1] == "core" and f.module.split(".")[0] in OUTSIDE_WORLD]
    assert not wrong


def test_the_worker_imports_the_standard_library_and_itself() -> None:
    wrong = [
        str(found)
        for found in ALL
        if found.importer[0] == "afterburner_worker"
        and found.module.split(".")[0] not in {*sys.stdlib_module_names, "afterburner_worker"}
    ]
    assert not wrong


def test_members_of_a_family_do_not_import_each_other() -> None:
    """Only what starts with an underscore is shared inside a family; discovery lives in its __init__."""
    wrong = []
    for found in OURS:
        family, *member = found.importer[1:]
        head, inside = found.module.rsplit(".", 1)[0], found.module.split(".")[2:]
        if family in FAMILIES and member and head.startswith(f"afterburner.{family}") and inside != member:
            wrong += [str(found)] if not any(part.startswith("_") for part in inside) else []
    assert not wrong


def test_the_check_itself_sees_a_forbidden_import() -> None:
    forbidden = Import(SERVER / "afterburner/core/target.py", 1, "afterburner.runner.client")
    worker = Import(SERVER / "afterburner/measure/timing.py", 1, "afterburner_worker.loader")
    third = Import(SERVER / "afterburner/core/target.py", 1, "pydantic")
    assert not any(map(is_allowed, (forbidden, worker, third)))
    assert is_allowed(Import(SERVER / "afterburner/inputs/user.py", 1, "afterburner.runner.client"))
