"""Bubblewrap's command line, as text; and that what it starts has what it needs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import textwrap

import pytest

from afterburner.runner.sandbox.full import Full, arguments
from afterburner.runner.sandbox.paths import Layout, interpreter_paths, system_paths
from afterburner.runner.sandbox.plan import SandboxPlan, scrubbed_environment

EXPECTED = """
    --unshare-all --die-with-parent --new-session --cap-drop ALL --clearenv
    --setenv HOME /run/s --setenv LANG C.UTF-8
    --ro-bind /opt/python /opt/python
    --ro-bind /usr /usr
    --symlink usr/bin /bin
    --proc /proc --dev /dev
    --size 16777216 --tmpfs /dev/shm
    --size 4096 --tmpfs /run/s
    --remount-ro /dev --remount-ro /
    --chdir /run/s
"""


def test_the_command_line():
    plan = SandboxPlan((), "/run/s", {"HOME": "/run/s", "LANG": "C.UTF-8"}, scratch_bytes=4096)
    shown = Layout(binds=("/opt/python", "/usr"), links=(("/bin", "usr/bin"),))
    assert arguments(plan, shown) == EXPECTED.split()


def test_nothing_of_the_users_environment_passes(monkeypatch):
    monkeypatch.setenv("API_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/home/somebody")
    environment = scrubbed_environment("/run/s", hash_seed=7)
    assert environment.keys().isdisjoint({"API_KEY", "PYTHONPATH"})
    assert environment["HOME"] == environment["TMPDIR"] == "/run/s"
    assert environment["PYTHONHASHSEED"] == "7"
    assert environment["OMP_NUM_THREADS"] == "1"


def test_without_bubblewrap_it_is_not_available():
    assert Full(program="no-such-bwrap").available() == "bubblewrap (bwrap) is not installed"


def test_elsewhere_it_is_not_available(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert Full().available() == "bubblewrap exists only on Linux, and this is darwin"


@pytest.fixture
def inside(tmp_path):
    """Run code in the full tier, without the jail, and give its output decoded from JSON."""

    def run(code: str, interpreter: str = sys.executable, fds: tuple[int, ...] = ()) -> object:
        (tmp_path / "scratch").mkdir(exist_ok=True)
        scratch = str(tmp_path / "scratch")
        plan = SandboxPlan(
            (*system_paths(), *interpreter_paths(interpreter)), scratch, scrubbed_environment(scratch), 1 << 20
        )
        command = Full().wrap([interpreter, "-B", "-c", textwrap.dedent(code), *map(str, fds)], plan)
        done = subprocess.run(command, capture_output=True, text=True, check=False, pass_fds=fds, env=plan.env)
        assert not done.stderr, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.system
def test_an_inherited_socket_survives(inside):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        code = """
            import os, socket, sys
            socket.socket(fileno=int(sys.argv[1])).sendall(b"hello")
            print(os.getpid())
        """
        inner = inside(code, fds=(theirs.fileno(),))
        data, [(_, kind, credentials)], _, _ = ours.recvmsg(99, socket.CMSG_SPACE(12))
    assert data == b"hello"
    assert kind == socket.SCM_CREDENTIALS
    assert int.from_bytes(credentials[:4], sys.byteorder) != inner  # our number for it, not its own


@pytest.mark.system
def test_only_the_scratch_folder_can_be_written_and_it_is_small(inside, tmp_path):
    (tmp_path / "secret").touch()
    assert inside(f"""
        import json, os

        def attempt(path, size=1):
            try:
                with open(path, "wb") as file:
                    file.write(b"x" * size)
            except OSError as error:
                return error.strerror

        print(json.dumps({{
            "cwd": os.getcwd() == os.environ["HOME"],
            "scratch": attempt("file"),
            "too much": attempt("large", 2 << 20),
            "root": attempt("/file"),
            "devices": attempt("/dev/file"),
            "usr": attempt("/usr/file"),
            "outside": os.path.exists({str(tmp_path / "secret")!r}),
            "environment": "PATH" in os.environ and len(os.environ) < 20,
        }}))
    """) == {
        "cwd": True,
        "scratch": None,
        "too much": "No space left on device",
        "root": "Read-only file system",
        "devices": "Read-only file system",
        "usr": "Read-only file system",
        "outside": False,
        "environment": True,
    }
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.system
def test_an_interpreter_behind_links_starts(inside, tmp_path):
    """As with pyenv and uv: a link to a link, over a folder that is a link itself."""
    real = os.path.realpath(sys.executable)
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions/current").symlink_to(os.path.dirname(os.path.dirname(real)))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/middle").symlink_to(f"../versions/current/bin/{os.path.basename(real)}")
    (tmp_path / "bin/python").symlink_to("middle")
    assert inside("import json; print(json.dumps('started'))", str(tmp_path / "bin/python")) == "started"


@pytest.mark.system
def test_a_virtual_environment_starts(inside, tmp_path, cpython):
    subprocess.run([cpython, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv/bin/python")
    assert inside("import json, sys; print(json.dumps(sys.prefix))", python) == str(tmp_path / "venv")


@pytest.mark.system
def test_bubblewrap_is_here():
    assert shutil.which("bwrap")
    assert Full().available() is None
