"""Signal a process of the same user, or slow it down."""

import fcntl
import os
import signal


def strikes(victims):
    pid = victims["pid"]
    yield "kill", lambda: os.kill(pid, signal.SIGCONT)
    yield "by process descriptor", lambda: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGCONT)
    yield "as owner of a pipe", lambda: fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, pid)
    yield "priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 5)
    yield "processor", lambda: os.sched_setaffinity(pid, os.sched_getaffinity(0))
