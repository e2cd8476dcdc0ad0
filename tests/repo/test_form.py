"""The form of the code: sizes, the worker's dialect, and calls that nobody may make on what a worker sent."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[2] / "server"
FILES = sorted(SERVER.rglob("*.py"))
WORKER = sorted((SERVER / "afterburner_worker").rglob("*.py"))
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
EXECUTES_DATA = {
    "eval", "exec", "pickle.load", "pickle.loads", "pickle.Unpickler", "marshal.load", "marshal.loads", "shelve.open",
}  # fmt: skip


def functions_of(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def test_there_is_code_to_check() -> None:
    assert len(FILES) > 10 and len(WORKER) > 1


def test_no_file_is_longer_than_its_limit() -> None:
    lengths = {str(path.relative_to(SERVER)): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_its_limit() -> None:
    lengths = {
        f"{path.relative_to(SERVER)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in FILES
        for node in functions_of(path)
    }
    assert {where: lines for where, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}


def test_every_module_says_what_lives_in_it() -> None:
    silent = [str(p.relative_to(SERVER)) for p in FILES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert silent == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty_words = {"utils", "util", "helpers", "helper", "common", "manager", "base", "models", "misc"}
    assert [str(path) for path in FILES if path.stem.strip("_") in empty_words] == []


@pytest.mark.parametrize("path", WORKER, ids=lambda path: path.stem)
def test_the_worker_is_python_3_9(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert any(alias.name == "annotations" for node in futures for alias in node.names)


@pytest.mark.system
def test_the_worker_imports_under_every_supported_python(cpython: Path) -> None:
    modules = [".".join(p.relative_to(SERVER).with_suffix("").parts) for p in WORKER if p.stem != "__main__"]
    program = f"import sys; sys.path.insert(0, {str(SERVER)!r})\nimport {', '.join(modules)}\nprint('imported')"
    command = [cpython, "-I", "-B", "-W", "error", "-c", program]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.stdout == "imported\n", answer.stderr


def test_nothing_that_a_worker_sent_is_ever_executed() -> None:
    """The server neither unpickles nor evaluates; only the worker, in its jail, may."""
    wrong = []
    for path in sorted((SERVER / "afterburner").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in EXECUTES_DATA:
                wrong.append(f"{path.relative_to(SERVER)}:{node.lineno} calls {ast.unparse(node.func)}")
    assert wrong == []
