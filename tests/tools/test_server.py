"""A program serves for as long as it is needed, and not longer."""

import os
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from tests.tools.test_process import is_alive, wait_until

from carrel.errors import EnvironmentFault
from carrel.tools import server

SERVES = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); {}; time.sleep(60)"
READY = SERVES.format("print('ready', flush=True)")


def run(script: str, *arguments: Path, timeout: float = 60) -> AbstractContextManager[None]:
    command: list[str | Path] = [sys.executable, "-c", script, *arguments]
    return server.serving(command, environment=os.environ, timeout=timeout)


def test_a_program_serves_until_the_body_ends(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    with run(READY, note):
        assert is_alive(int(note.read_text()))

    assert not is_alive(int(note.read_text()))


def test_the_last_words_of_a_program_that_ends_instead_are_passed_on() -> None:
    script = "import sys; sys.exit('I was\\nborn late')"

    with pytest.raises(server.Ended, match=r"^born late$"), run(script):
        pytest.fail("it does not serve")


def test_what_is_not_ours_to_kill_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kubectl behind sudo is root's."""
    monkeypatch.setattr("carrel.tools.process.os.killpg", refuse)

    with run("import time; print('ready', flush=True); time.sleep(1)"):
        pass


def refuse(*_: object) -> None:
    raise PermissionError


def test_a_program_that_does_not_begin_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    with (
        pytest.raises(EnvironmentFault, match="did not begin to serve within 1 seconds"),
        run(SERVES.format("pass"), note, timeout=1),
    ):
        pytest.fail("it does not serve")

    assert not is_alive(int(note.read_text()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_program_does_not_outlive_us(tmp_path: Path, number: signal.Signals) -> None:
    note = tmp_path / "pid"
    script = (
        "import os, sys, time\nfrom carrel.tools import server\n"
        f"command = [sys.executable, '-c', {READY!r}, {str(note)!r}]\n"
        "with server.serving(command, environment=os.environ, timeout=60):\n"
        "    time.sleep(60)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", script],
        stderr=subprocess.DEVNULL,
        # Who runs the tests may have had it ignored, as a shell does in the background.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert wait_until(lambda: note.exists() and note.read_text())

    caller.send_signal(number)

    caller.wait(timeout=10)
    assert wait_until(lambda: not is_alive(int(note.read_text())))
