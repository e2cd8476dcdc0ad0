"""The jail's system-call filters, run on made-up calls by an interpreter of classic BPF."""

from __future__ import annotations

import errno
import struct

import pytest

from afterburner_worker import seccomp, syscalls

ALLOWED, REFUSED, ABSENT, KILLED = "allowed", errno.EPERM, errno.ENOSYS, "killed"
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# what every program does all the time: read, write, mmap, futex, recvmsg, sendmsg, exit_group, wait4, clock_gettime
EVERYDAY = {"x86_64": (0, 1, 9, 202, 47, 46, 231, 61, 228), "aarch64": (63, 64, 222, 98, 212, 211, 94, 260, 113)}
PID = 4242
THREAD, FORK = 0x3D0F00, 0x01200011  # the flags of pthread_create() and fork()
HIGH = 1 << 32


def verdict(program: bytes, machine: str, number: int, *arguments: int):
    """What the kernel would do about one call."""
    data = struct.pack("=iIQ6Q", number, ARCHITECTURE[machine], 0, *arguments, *[0] * (6 - len(arguments)))
    return _decode(_run(program, data))


def _run(program: bytes, data: bytes) -> int:
    at = accumulator = 0
    while True:
        code, true, false, operand = struct.unpack_from("=HBBI", program, at)
        at += 8
        if code == 0x06:
            return operand
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, operand)[0]
        elif code == 0x54:
            accumulator &= operand
        else:
            holds = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: accumulator & operand}[code]
            at += 8 * (true if holds else false)


def _decode(answer: int):
    if answer >> 16 == 0x0005:
        return answer & 0xFFFF
    return {0x7FFF0000: ALLOWED, 0x80000000: KILLED}[answer]


@pytest.fixture(params=syscalls.MACHINES)
def machine(request):
    return request.param


@pytest.fixture
def ground(machine):
    """Ask the filter of zygote and children."""
    program = seccomp.ground(machine)
    return lambda name, *arguments: verdict(program, machine, number_of(machine, name), *arguments)


@pytest.fixture
def child(machine):
    """Ask the filter that a child adds."""
    program = seccomp.child(machine, PID)
    return lambda name, *arguments: verdict(program, machine, number_of(machine, name), *arguments)


def number_of(machine: str, name: str) -> int:
    return syscalls.numbers({**syscalls.REFUSED, **syscalls.CHECKED, **syscalls.ABSENT}, machine)[name]


def test_everything_on_the_list_is_refused(machine):
    program = seccomp.ground(machine)
    answers = {
        name: verdict(program, machine, number) for name, number in syscalls.numbers(syscalls.REFUSED, machine).items()
    }
    assert {name for name, answer in answers.items() if answer != REFUSED} == set()
    assert len(answers) > 80


def test_everyday_calls_pass_both_filters(machine):
    for program in (seccomp.ground(machine), seccomp.child(machine, PID)):
        assert {verdict(program, machine, number) for number in EVERYDAY[machine]} == {ALLOWED}


def test_numbers_are_unique(machine):
    tables = (syscalls.REFUSED, syscalls.CHECKED, syscalls.ABSENT)
    numbers = [number for table in tables for number in syscalls.numbers(table, machine).values()]
    assert len(numbers) == len(set(numbers))


def test_calls_newer_than_the_list_do_not_exist(machine):
    program = seccomp.ground(machine)
    assert verdict(program, machine, syscalls.NEWEST_REVIEWED) == ALLOWED
    assert verdict(program, machine, syscalls.NEWEST_REVIEWED + 1) == ABSENT
    assert verdict(program, machine, 0x40000000 + 41) == ABSENT  # socket() by its x32 number


@pytest.mark.parametrize("name", ["clone3", "openat2"])
def test_calls_whose_arguments_are_out_of_sight_do_not_exist(ground, name):
    assert ground(name) == ABSENT


def test_calls_of_another_architecture_kill():
    for program in (seccomp.ground("x86_64"), seccomp.child("x86_64", PID)):
        assert verdict(program, "aarch64", 0) == KILLED


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("clone", (FORK,), ALLOWED),
        ("clone", (THREAD,), ALLOWED),
        ("clone", (FORK | 0x10000000,), REFUSED),  # a user namespace
        ("clone", (FORK | 0x8000,), REFUSED),  # a sibling instead of a child
        ("ioctl", (1, 0x5401), ALLOWED),  # isatty()
        ("ioctl", (1, 0x5412), REFUSED),  # TIOCSTI: type on the terminal
        ("ioctl", (1, 0x8901), REFUSED),  # FIOSETOWN
        ("fcntl", (1, 3), ALLOWED),
        ("fcntl", (1, 8), REFUSED),  # F_SETOWN
        ("fcntl", (1, HIGH | 8), REFUSED),
        ("openat", (0, 0, 0o101102), ALLOWED),  # O_RDWR | O_CREAT | O_TRUNC
        ("openat", (0, 0, 0o1000), REFUSED),  # O_RDONLY | O_TRUNC
        ("openat", (0, 0, 0), ALLOWED),
        ("sendto", (1, 2, 3, 0, 0), ALLOWED),
        ("sendto", (1, 2, 3, 0, 4096), REFUSED),
        ("sendto", (1, 2, 3, 0, HIGH), REFUSED),
        ("socketpair", (1, 1), ALLOWED),
        ("socketpair", (1, 0o2004001), ALLOWED),  # SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK
        ("socketpair", (1, 2), REFUSED),  # SOCK_DGRAM
        ("socketpair", (2, 1), REFUSED),  # AF_INET
        ("prlimit64", (0, 7, 4096), ALLOWED),  # the zygote may lower limits
        ("prlimit64", (1, 7, 0), REFUSED),
    ],
)
def test_arguments_decide_in_zygote_and_child(ground, name, arguments, answer):
    assert ground(name, *arguments) == answer


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("clone", (THREAD,), ALLOWED),
        ("clone", (FORK,), REFUSED),
        ("tgkill", (PID, 1, 6), ALLOWED),  # abort()
        ("tgkill", (PID + 1, 1, 6), REFUSED),
        ("prctl", (15,), ALLOWED),  # a thread's name
        ("prctl", (1, 0), REFUSED),  # the death signal
        ("prctl", (22, 2), REFUSED),  # another filter
        ("prlimit64", (0, 7, 0), ALLOWED),  # getrlimit()
        ("prlimit64", (0, 7, 4096), REFUSED),
        ("prlimit64", (0, 7, HIGH), REFUSED),
        ("setrlimit", (7, 4096), REFUSED),
        ("landlock_restrict_self", (3,), REFUSED),
    ],
)
def test_arguments_decide_in_a_child(child, name, arguments, answer):
    assert child(name, *arguments) == answer


def test_the_call_that_only_forks_is_refused_where_it_exists():
    program = seccomp.child("x86_64", PID)
    assert verdict(program, "x86_64", 57) == REFUSED


def test_an_unknown_machine_has_no_filter():
    with pytest.raises(ValueError, match="not in"):
        seccomp.ground("riscv64")
