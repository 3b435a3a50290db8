"""A program that serves as long as it is needed."""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from carrel.errors import EnvironmentFault
from carrel.tools import process

_DIE_WITH_PARENT = 1
_LAST_WORDS = 5.0


class Ended(Exception):
    """The program ended instead of serving; the message is the last line that it wrote."""


@contextmanager
def serving(
    args: Sequence[str | Path], *, environment: Mapping[str, str], timeout: float
) -> Iterator[None]:
    """Run a program until the body ends, which begins once it has written a line.

    Args:
        args: the command, program first.
        environment: its whole environment.
        timeout: seconds until that line.

    Raises:
        EnvironmentFault: it cannot be started, or says nothing in time.
        Ended: it ended before the body began.
    """
    command = tuple(str(arg) for arg in args)
    with tempfile.TemporaryFile() as errors:
        server = process.start(
            command, environment=environment, stderr=errors, before=end_with_parent()
        )
        output = cast("IO[bytes]", server.stdout)
        try:
            if not process.await_output(output, timeout):
                raise EnvironmentFault(
                    f"{command[0]} did not begin to serve within {timeout:g} seconds",
                    "look at the machine's load",
                )
            if not output.readline():
                with suppress(subprocess.TimeoutExpired):
                    server.wait(_LAST_WORDS)
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip().splitlines()
                raise Ended(said[-1] if said else f"{command[0]} gave no reason")
            yield
        finally:
            process.kill(server)


def end_with_parent() -> Callable[[], None] | None:
    """Has the kernel end a new process if this one is killed and can no longer do so.

    Linux only; the thread that starts the process has to live as long as this one.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask
