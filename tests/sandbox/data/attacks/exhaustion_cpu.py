"""Burn more CPU time than the limit, deaf to the signal that announces it."""

import signal
import time


def strikes(victims):
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    yield "burn", lambda: burn(victims["cpu_s"] + 0.5)


def burn(seconds):
    while time.process_time() < seconds:
        pass
