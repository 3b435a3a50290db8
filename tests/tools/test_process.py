"""Programs are run to their end and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from carrel.errors import EnvironmentFault
from carrel.tools import process
from carrel.tools.threads import Threads

PARENT_AND_CHILD = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "open(sys.argv[1], 'w').write(str(child.pid))\n"
    "time.sleep(60)\n"
)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that waits for its parent to notice does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: object, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    assert callable(condition)
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def test_returns_what_the_program_wrote_byte_for_byte() -> None:
    script = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.exit('no')"

    done = process.run(
        [sys.executable, "-c", script], environment=os.environ, timeout=60, stdin=b"\xff\r\n"
    )

    assert (done.returncode, done.stdout, done.stderr) == (1, b"\xff\r\n", b"no\n")


def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    with pytest.raises(EnvironmentFault, match="did not end within 1 seconds"):
        process.run(
            [sys.executable, "-c", PARENT_AND_CHILD, note], environment=os.environ, timeout=1
        )

    assert wait_until(lambda: not is_alive(int(note.read_text())))


def test_ctrl_c_kills_the_program_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = (
        "import os, sys\nfrom carrel.tools import process\n"
        f"process.run([sys.executable, '-c', {PARENT_AND_CHILD!r}, {str(note)!r}],"
        " environment=os.environ, timeout=60)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", script],
        stderr=subprocess.DEVNULL,
        # Who runs the tests may have had it ignored, as a shell does in the background.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert wait_until(lambda: note.exists() and note.read_text())

    caller.send_signal(signal.SIGINT)

    caller.wait(timeout=10)
    assert wait_until(lambda: not is_alive(int(note.read_text())))


def test_a_program_that_cannot_be_started_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        process.run([tmp_path / "nothing"], environment={}, timeout=1)

    assert str(caught.value) == (
        f"{tmp_path}/nothing cannot be run (No such file or directory): check that it is a program"
    )


def test_a_sealed_program_sees_neither_settings_nor_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_NAMESPACE", "other")
    monkeypatch.setenv("KUBECONFIG", "other")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    environment = process.sealed_environment(tmp_path)

    assert "HELM_NAMESPACE" not in environment
    assert environment["KUBECONFIG"] == os.devnull
    assert environment["HTTPS_PROXY"] == "http://127.0.0.1:9"
    assert environment["LC_ALL"] == "C"


@pytest.mark.parametrize("pausing", [False, True], ids=["for an answer", "before the next try"])
def test_whoever_waits_in_a_thread_stops_waiting_with_the_rest(pausing: bool) -> None:
    asker, server = socket.socketpair()
    began = time.monotonic()

    def wait() -> bool:
        while pausing:
            process.pause(0.01)
        return process.await_output(asker, timeout=60)

    with asker, server, pytest.raises(KeyboardInterrupt), Threads() as threads:  # noqa: PT012
        waiting = threads.start(wait)
        raise KeyboardInterrupt

    assert isinstance(waiting.exception(), KeyboardInterrupt)
    assert time.monotonic() - began < 30
