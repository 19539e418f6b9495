"""What the person at the terminal reads: steps, notes, refusals."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ngo_portal.launch.processes import end, end_with_parent

TAIL_LINES = 15


class RefusalError(Exception):
    """Something stops the command; the message says what it is and what to do."""


def setup_console() -> None:
    """Never fail on a letter that the terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace", line_buffering=True)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, then say how long it took."""
    say(f"• {title} …")
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    if seconds >= 1:
        say(f"  done in {seconds:.0f} s")


def heading(title: str) -> None:
    say(f"\n━━ {title} " + "━" * max(3, 70 - len(title)))


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log, indented."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def run(args: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> int:
    """Run a command with its output on the terminal and return its exit code."""
    child = subprocess.Popen(
        [str(arg) for arg in args],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent(),
    )
    try:
        return child.wait()
    except BaseException:
        end(child)
        raise


def run_interactively(args: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> int:
    """Run a command that has the keyboard: Ctrl-C is for it to handle, not for us."""
    child = subprocess.Popen(
        [str(arg) for arg in args], env=dict(env), cwd=cwd, preexec_fn=end_with_parent()
    )
    former = signal.signal(signal.SIGINT, lambda sign, frame: None)
    try:
        return child.wait()
    except BaseException:
        end(child)
        raise
    finally:
        signal.signal(signal.SIGINT, former)


def run_quietly(
    args: Sequence[str | Path], env: Mapping[str, str], cwd: Path, log: Path, *, counting: str = ""
) -> tuple[int, str]:
    """Run a command into a log, counting some of its lines; return exit code and output."""
    child = subprocess.Popen(
        [str(arg) for arg in args],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=end_with_parent(),
    )
    output: list[str] = []
    try:
        with log.open("w", encoding="utf-8") as file:
            for line in (raw.decode(errors="replace") for raw in child.stdout):
                file.write(line)
                output.append(line)
                if counting and line.startswith(counting):
                    show_count(sum(each.startswith(counting) for each in output))
            code = child.wait()
    except BaseException:
        end(child)
        raise
    finally:
        child.stdout.close()
    return code, "".join(output)


def show_count(count: int) -> None:
    """Show how far a long step is: in place on a terminal, every 20 elsewhere."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        print(f"\r  {count} ", end="", file=sys.stderr, flush=True)
    elif count % 20 == 0:
        say(f"  {count}")
