"""Running one program to its end."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from carrel.errors import EnvironmentFault

STOP: ContextVar[threading.Event | None] = ContextVar("STOP", default=None)
"""Set by whoever waits for a program in another thread, where Ctrl-C does not arrive."""

_LOOK = 0.1
"""Seconds between two looks at `STOP`."""

_LAST_WAIT = 5.0
"""Seconds; what was killed is gone at once, but what another user runs is not killed."""

INHERITED = ("HOME", "PATH", "TMPDIR")
"""What a sealed environment keeps: enough for a version manager's shim to find its program."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that ran to its end.

    Attributes:
        args: the command, program first.
        returncode: its exit code; negative is the signal that ended it.
        stdout: everything it wrote there.
        stderr: everything it wrote there.
    """

    args: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes


def sealed_environment(folder: Path) -> dict[str, str]:
    """An environment in which a tool's answer depends on its arguments alone.

    Helm's settings, plugins, repositories and caches are looked for in `folder`, which should be
    empty; no cluster is configured; messages are in English and times in UTC. Every address is
    behind a proxy that refuses, so a tool that tries the network fails at once and says so.
    """
    refusing_proxy = "http://127.0.0.1:9"
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {
        "HELM_CACHE_HOME": str(folder / "cache"),
        "HELM_CONFIG_HOME": str(folder / "config"),
        "HELM_DATA_HOME": str(folder / "data"),
        "HTTPS_PROXY": refusing_proxy,
        "HTTP_PROXY": refusing_proxy,
        "KUBECONFIG": os.devnull,
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def run(
    args: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    timeout: float,
    stdin: bytes = b"",
    folder: Path | None = None,
) -> Completed:
    """Run a program and wait for it.

    The program leads its own process group, so that Ctrl-C reaches Carrel alone; whatever ends
    the wait early (Ctrl-C, the timeout) kills the whole group.

    Args:
        args: the command, program first.
        environment: its whole environment.
        timeout: seconds.
        stdin: what it reads.
        folder: its working folder, Carrel's own by default.

    Raises:
        EnvironmentFault: it cannot be started, or it did not end in time.
    """
    command = tuple(str(arg) for arg in args)
    process = start(
        command,
        environment=environment,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        folder=folder,
    )
    try:
        stdout, stderr = _communicate(process, stdin, timeout)
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(
            f"{command[0]} did not end within {timeout:g} seconds", "look at the machine's load"
        ) from error
    finally:
        if process.returncode is None:
            kill(process)
    return Completed(command, process.returncode, stdout, stderr)


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    stderr: int | IO[bytes],
    folder: Path | None = None,
    before: Callable[[], None] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program that leads its own process group, and whose output can be read.

    Args:
        command: program first.
        environment: its whole environment.
        stdin: as for `subprocess.Popen`.
        stderr: as for `subprocess.Popen`.
        folder: its working folder, Carrel's own by default.
        before: what the new process does first.

    Raises:
        EnvironmentFault: it cannot be started.
    """
    try:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=dict(environment),
            cwd=folder,
            process_group=0,
            preexec_fn=before,
        )
    except OSError as error:
        raise EnvironmentFault(
            f"{command[0]} cannot be run ({error.strerror})", "check that it is a program"
        ) from error


def await_output(source: IO[bytes] | socket.socket, timeout: float) -> bool:
    """Wait until something can be read, or the end is reached; False: not in time.

    Args:
        source: a pipe or a connection.
        timeout: seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        pause(0)
        if select.select([source], [], [], _LOOK)[0]:
            return True
        if time.monotonic() > deadline:
            return False


def pause(seconds: float) -> None:
    """Wait, but not for longer than whoever waits for the answer."""
    stop = STOP.get()
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise KeyboardInterrupt


def _communicate(
    process: "subprocess.Popen[bytes]", stdin: bytes, timeout: float
) -> tuple[bytes, bytes]:
    stop = STOP.get()
    if stop is None:
        return process.communicate(stdin or None, timeout)
    deadline = time.monotonic() + timeout
    started = False
    while True:
        try:
            return process.communicate(None if started else stdin or None, _LOOK)
        except subprocess.TimeoutExpired:
            started = True
            if stop.is_set():
                raise KeyboardInterrupt from None
            if time.monotonic() > deadline:
                raise


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill the process group, as far as that is allowed, and reap its leader."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_WAIT)
