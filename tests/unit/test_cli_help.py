"""The command line explains itself and means the same wherever its options stand."""

import argparse
import importlib.machinery
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import carrel
from carrel import __main__, cli
from carrel.errors import EnvironmentFault, UsageError

HEAVY = ("jinja2", "jsonschema", "ruamel", "carrel.site", "carrel.layers", "carrel.tools")


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[argparse.Namespace]]:
    """Puts a function in the place of `carrel images` and keeps what it was called with."""
    from carrel.commands import images

    calls: list[argparse.Namespace] = []

    def put(raised: BaseException | None = None, code: int = 0) -> list[argparse.Namespace]:
        def run(arguments: argparse.Namespace) -> int:
            calls.append(arguments)
            if raised is not None:
                raise raised
            return code

        monkeypatch.setattr(images, "run", run)
        return calls

    return put


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])

    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert re.findall(r"^    ([a-z]+) ", shown, re.M) == list(cli.COMMANDS)
    assert "exit codes:" in shown


def test_every_command_is_a_module_and_every_module_a_command() -> None:
    from carrel import commands

    (folder,) = map(Path, commands.__path__)
    modules = {path.stem for path in folder.glob("*.py") if "SUMMARY = " in path.read_text()}

    assert modules == set(cli.COMMANDS)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])

    assert ended.value.code == 0
    assert f"usage: carrel {command}" in capsys.readouterr().out


def test_without_a_command_the_help_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "usage: carrel" in shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["-C", "there", "images", "lab"],
        ["images", "-C", "there", "lab"],
        ["images", "lab", "-C", "there"],
    ],
)
def test_the_folder_may_stand_before_or_after_the_command(
    running: Callable[..., list[argparse.Namespace]], arguments: list[str]
) -> None:
    calls = running()

    assert cli.main(arguments) == 0
    assert calls[0].folder == Path("there")


def test_a_folder_is_not_needed(running: Callable[..., list[argparse.Namespace]]) -> None:
    calls = running()

    cli.main(["images", "lab"])

    assert calls[0].folder == Path()


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["--deb", "images", "lab"],
        ["images"],
        ["images", "lab", "--formt", "json"],
        ["images", "lab", "--form", "json"],
    ],
)
def test_wrong_usage_is_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: carrel")


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (UsageError("there is no project"), 2, "carrel: there is no project\n"),
        (EnvironmentFault("no helm", "run it"), 3, "carrel: no helm: run it\n"),
        (KeyboardInterrupt(), 130, "carrel: interrupted\n"),
    ],
)
def test_an_error_is_one_sentence_and_an_exit_code(
    running: Callable[..., list[argparse.Namespace]],
    capsys: pytest.CaptureFixture[str],
    raised: BaseException,
    code: int,
    said: str,
) -> None:
    running(raised)

    assert cli.main(["images", "lab"]) == code
    assert capsys.readouterr() == ("", said)


def test_a_bug_is_a_sentence_unless_its_traceback_is_wanted(
    running: Callable[..., list[argparse.Namespace]], capsys: pytest.CaptureFixture[str]
) -> None:
    running(KeyError("x"))

    assert cli.main(["images", "lab"]) == 4
    assert "this is a bug in Carrel (KeyError: 'x')" in capsys.readouterr().err
    with pytest.raises(KeyError):
        cli.main(["images", "lab", "--debug"])


def test_the_exit_code_of_a_command_is_that_of_the_process(
    running: Callable[..., list[argparse.Namespace]],
) -> None:
    running(code=1)

    assert cli.main(["images", "lab"]) == 1


def test_help_imports_nothing_that_commands_work_with() -> None:
    script = (
        "import sys\nfrom carrel import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(Path(cli.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )

    imported = done.stderr.split()
    assert "carrel.commands.render" in imported
    assert not [name for name in imported if name.startswith(HEAVY)]


def test_ctrl_c_while_modules_are_loaded_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "carrel.cli")
    monkeypatch.delattr(carrel, "cli")
    monkeypatch.setattr(importlib.machinery.SourceFileLoader, "exec_module", interrupted)

    assert __main__.main() == 130
    assert capsys.readouterr().err == "carrel: interrupted\n"
