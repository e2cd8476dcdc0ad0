"""The jail as the process inside it sees it: what still works, what is refused, how it fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from afterburner_worker import jail

SERVER = Path(__file__).resolve().parents[2] / "server"
START = """
import array, json, os, resource, socket, sys, threading
sys.path.insert(0, sys.argv[1])
from afterburner_worker import jail

scratch = sys.argv[2]
grants = jail.Grants(read=[*json.loads(sys.argv[3]), "/nowhere"], write=[scratch])

def attempt(action):
    try:
        return action()
    except OSError as error:
        return type(error).__name__

def in_child(action):
    child = os.fork()
    if child == 0:
        try:
            print(json.dumps(action()), flush=True)
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]
"""


@pytest.fixture
def confined(tmp_path):
    """Run code in a fresh process that has `jail`, `grants`, `scratch`; give back its lines, decoded from JSON."""

    def run(code: str, python: str = sys.executable) -> list[object]:
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        prefixes = subprocess.check_output(
            [python, "-c", "import sys, json; print(json.dumps([sys.prefix, sys.base_prefix]))"], text=True
        )
        read = json.dumps([*json.loads(prefixes), "/usr", "/lib", "/lib64", str(SERVER)])
        done = subprocess.run(
            [python, "-B", "-c", START + textwrap.dedent(code), SERVER, scratch, read],
            capture_output=True,
            text=True,
            check=False,
            cwd=scratch,
            timeout=60,
        )
        assert not done.stderr, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


ORDINARY = """
    import asyncio, ctypes, sqlite3, tempfile, shutil, uuid

    jail.enter(grants, jail.Limits(), may_fork=True)

    async def coroutine():
        await asyncio.sleep(0)
        return "awaited"

    def thread():
        seen = []
        worker = threading.Thread(target=seen.append, args=("ran",))
        worker.start()
        worker.join()
        return seen[0]

    def files():
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            with open(folder + "/a", "w") as file:
                file.write("text")
            shutil.copyfile(folder + "/a", folder + "/b")
            os.replace(folder + "/b", folder + "/c")
            return open(folder + "/c").read()

    def ordinary():
        jail.tighten()
        open(os.devnull, "w").close()
        return {
            "asyncio": asyncio.run(coroutine()),
            "thread": thread(),
            "files": files(),
            "random": len(os.urandom(3)) + len(open("/dev/urandom", "rb").read(1)),
            "uuid": len(str(uuid.uuid4())),
            "sqlite": sqlite3.connect(":memory:").execute("select 1").fetchone(),
            "callback": ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)(),
            "limit": resource.getrlimit(resource.RLIMIT_CORE),
            "isatty": os.isatty(0),
        }

    in_child(ordinary)
"""
WORKED = {
    "asyncio": "awaited",
    "thread": "ran",
    "files": "text",
    "random": 4,
    "uuid": 36,
    "sqlite": [1],
    "callback": 7,
    "limit": [0, 0],
    "isatty": False,
}


def test_ordinary_code_runs(confined):
    assert confined(ORDINARY) == [WORKED]


@pytest.mark.system
def test_ordinary_code_runs_under_every_python(confined, cpython):
    assert confined(ORDINARY, str(cpython)) == [WORKED]


def test_it_says_what_it_applied(confined):
    [applied] = confined("""
        from dataclasses import asdict
        grants.read.append("/proc/self")
        print(json.dumps(asdict(jail.enter(grants, jail.Limits(), may_fork=True))))
    """)
    assert applied["landlock_abi"] >= 1
    assert applied["seccomp"] is True
    assert applied["capabilities_dropped"] == (os.geteuid() == 0)
    assert {"/nowhere", "/proc/self"} <= set(applied["missing"])  # a child would see the zygote's


def test_root_keeps_only_the_right_to_read_past_modes(confined):
    [masks] = confined("""
        status = open("/proc/self/status")
        jail.enter(grants, jail.Limits(), may_fork=False)
        lines = dict(line.split(":", 1) for line in status.read().splitlines())
        print(json.dumps([int(lines[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")]))
    """)
    assert all(mask & ~0b110 == 0 for mask in masks)


def test_without_forking_the_own_process_can_be_granted_and_no_other(confined):
    assert confined("""
        grants.read.append("/proc/self")
        jail.enter(grants, jail.Limits(), may_fork=False)
        print(json.dumps([
            attempt(lambda: len(os.listdir("/proc/self/task"))),
            attempt(lambda: open("/proc/%d/environ" % os.getppid()).read()),
            attempt(os.fork),
        ]))
    """) == [[1, "PermissionError", "PermissionError"]]


def test_the_zygote_forks_and_its_child_does_not(confined):
    assert confined("""
        jail.enter(grants, jail.Limits(), may_fork=True)

        def twice():
            before = in_child(lambda: "grandchild")
            jail.tighten()
            return [before, attempt(os.fork)]

        in_child(twice)
    """) == ["grandchild", [0, "PermissionError"]]


def test_descriptors_still_travel(confined):
    assert confined("""
        ours, theirs = socket.socketpair()
        jail.enter(grants, jail.Limits(), may_fork=True)

        def send():
            jail.tighten()
            reader, writer = os.pipe()
            os.write(writer, b"through the pipe")
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [reader]))]
            return theirs.sendmsg([b"x"], rights)

        in_child(send)
        _, [(_, _, data)], _, _ = ours.recvmsg(1, socket.CMSG_SPACE(4))
        print(json.dumps(os.read(array.array("i", data)[0], 99).decode()))
    """) == [1, "through the pipe"]


def test_a_child_can_get_by_with_less(confined):
    assert confined("""
        os.mkdir("own")
        jail.enter(grants, jail.Limits(open_files=100), may_fork=True)

        def less():
            jail.tighten(jail.Limits(open_files=50), write=[scratch + "/own"])
            return [
                resource.getrlimit(resource.RLIMIT_NOFILE),
                attempt(lambda: open(scratch + "/file", "w").write("x")),
                attempt(lambda: open(scratch + "/own/file", "w").write("x")),
                attempt(lambda: open(os.devnull, "w").write("x")),
            ]

        in_child(less)
    """) == [[[50, 50], "PermissionError", 1, 1]]


def test_limits_never_rise(confined):
    assert confined("""
        resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
        jail.enter(grants, jail.Limits(open_files=100), may_fork=True)
        print(json.dumps(resource.getrlimit(resource.RLIMIT_NOFILE)))
    """) == [[60, 60]]


def test_an_orphan_does_not_go_on(confined):
    assert confined("""
        jail.enter(grants, jail.Limits(), may_fork=True)

        def orphan():
            try:
                jail.tighten()
            except jail.JailError as error:
                return str(error)

        in_child(lambda: in_child(orphan))
    """) == ["parent death signal: the zygote is gone", 0]


def test_children_die_with_the_zygote(confined):
    assert confined("""
        reader, writer = os.pipe()
        zygote = os.fork()
        if zygote == 0:
            jail.enter(grants, jail.Limits(), may_fork=True)
            if os.fork() == 0:
                jail.tighten()
                os.write(writer, b"ready")
                threading.Event().wait()
            os.close(writer)
            os.read(reader, 0)
            threading.Event().wait()
        os.close(writer)
        ready = os.read(reader, 99)
        os.kill(zygote, 9)
        print(json.dumps([ready.decode(), os.read(reader, 99).decode()]))  # the end of the pipe: nobody holds it
    """) == [["ready", ""]]


def test_cpu_time_ends_a_process_that_will_not_listen(confined):
    [status] = confined("""
        import signal
        jail.enter(grants, jail.Limits(cpu_s=1), may_fork=True)

        def burn():
            signal.signal(signal.SIGXCPU, signal.SIG_IGN)
            jail.tighten()
            while True:
                pass

        print(json.dumps(in_child(burn)))
    """)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_threads_are_found_before_only_one_is_confined(confined):
    assert confined("""
        stop = threading.Event()
        threading.Thread(target=stop.wait).start()
        try:
            jail.enter(grants, jail.Limits(), may_fork=True)
        except jail.JailError as error:
            print(json.dumps([error.step, str(error)]))
        stop.set()
    """) == [["platform", "platform: [Errno 16] 2 threads are running, and only one would be confined"]]


def test_a_kernel_without_landlock_is_an_error_not_a_weaker_jail(confined):
    [[step, message]] = confined("""
        from afterburner_worker import landlock
        landlock.version = lambda: 0
        try:
            jail.enter(grants, jail.Limits(), may_fork=True)
        except jail.JailError as error:
            print(json.dumps([error.step, str(error)]))
    """)
    assert step == "landlock"
    assert message.endswith("this kernel has no Landlock, or it is switched off")


@pytest.mark.parametrize(("platform", "machine"), [("darwin", "arm64"), ("linux", "riscv64")])
def test_elsewhere_there_is_no_jail(monkeypatch, platform, machine):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("", "", "", "", machine)))
    with pytest.raises(jail.JailError) as caught:
        jail.enter(jail.Grants(), jail.Limits(), may_fork=False)
    assert caught.value.step == "platform"
