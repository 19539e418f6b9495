"""Child processes that never outlive the command that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Stopped(BaseException):
    """Someone asked the command to stop (Ctrl-C, kill, a closed terminal)."""


def stop_on_signals() -> None:
    """Turn the signals that end a command into one exception, raised once."""

    def stop(sign: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, lambda sign, frame: None)
        raise Stopped

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)


def end_with_parent(sign: int = signal.SIGTERM) -> Callable[[], None] | None:
    """A `preexec_fn` that asks Linux to signal the child when its parent dies, even by kill -9."""
    if LIBC is None:
        return None
    parent = os.getpid()

    def prepare() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:
            os.kill(os.getpid(), sign)

    return prepare


def end(child: subprocess.Popen, sign: int = signal.SIGTERM, patience: float = 10) -> None:
    """Ask a child to stop, then insist."""
    if child.poll() is not None:
        return
    child.send_signal(sign)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return ""
    result = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
    )
    return result.stdout.strip()
