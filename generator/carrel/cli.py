"""The command line: which command, where, and what its end means to the shell."""

import argparse
import errno
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from carrel import __version__
from carrel.errors import CarrelError, EnvironmentFault, UsageError

COMMANDS = ("new", "validate", "explain", "render", "images", "secrets", "doctor", "migrate", "gen")
"""Modules of `carrel.commands`, in the order of the help."""

_EPILOGUE = """\
exit codes: 0 fine, 1 findings, 2 wrong usage, 3 a tool or a permission is missing,
            4 a bug in Carrel, 130 interrupted
"""
_ENDS = (signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED, _BUG = 130, 4

_EXHAUSTED = (errno.EDQUOT, errno.EFBIG, errno.ENOSPC, errno.EROFS)
"""What the machine lacks when a temporary file cannot be written."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments after the program's name, by default those of the process.

    Returns:
        The exit code, as the help lists them.
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return UsageError.exit_code
    if isinstance(sys.stdout, TextIOWrapper):
        # Whatever its encoding, a terminal shows a sentence rather than a traceback.
        sys.stdout.reconfigure(errors="backslashreplace")
    # A terminal that is closed is no reason to leave something behind; whoever ignores it, may.
    ends = [each for each in _ENDS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, _end) for each in ends}
    try:
        return _run(arguments)
    except BrokenPipeError:
        # Whoever read our output has seen enough. The interpreter must not flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _say("interrupted")
        return _INTERRUPTED
    except CarrelError as error:
        _say(str(error))
        return error.exit_code
    except Exception as error:
        if arguments.debug:
            raise
        _say(
            f"this is a bug in Carrel ({type(error).__name__}: {error}): "
            "run the command again with --debug and report what it prints"
        )
        return _BUG
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _run(arguments: argparse.Namespace) -> int:
    """Run the command that the arguments name.

    Raises:
        EnvironmentFault: the machine has no room left, besides what the command raises.
    """
    try:
        code: int = import_module(f"carrel.commands.{arguments.command}").run(arguments)
        sys.stdout.flush()
    except OSError as error:
        # On a full disk, tempfile finds no folder that it could use and says only that.
        if error.errno not in _EXHAUSTED and "usable temporary directory" not in str(error):
            raise
        place = error.filename or os.environ.get("TMPDIR", "/tmp")  # noqa: S108
        raise EnvironmentFault(
            f"{place} cannot be written ({error.strerror})",
            "make room, or set TMPDIR to another disk",
        ) from error
    return code


def _end(number: int, _: object) -> NoReturn:
    """End as Ctrl-C does, so that nothing is left behind, with the code of the signal."""
    raise SystemExit(128 + number)


def _say(sentence: str) -> None:
    print(f"carrel: {sentence}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carrel",
        description="Kubeflow Notebooks from one declaration per site, proved right beforehand.",
        epilog=_EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"carrel {__version__}")
    _add_common(parser, folder=Path(), color="auto", debug=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in COMMANDS:
        module = import_module(f"carrel.commands.{name}")
        command = commands.add_parser(
            name, help=module.SUMMARY, description=module.SUMMARY, allow_abbrev=False
        )
        # Given before the command, an option must not be undone by its default after it.
        hidden = argparse.SUPPRESS
        _add_common(command, folder=hidden, color=hidden, debug=hidden)
        module.add_arguments(command)
    return parser


def _add_common(
    parser: argparse.ArgumentParser, *, folder: object, color: object, debug: object
) -> None:
    parser.add_argument(
        "-C",
        dest="folder",
        metavar="DIR",
        type=Path,
        default=folder,
        help="work as if started in DIR, a folder of the project",
    )
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default=color,
        help="default: auto, in a terminal unless $NO_COLOR is set",
    )
    parser.add_argument(
        "--debug", action="store_true", default=debug, help="show the traceback of a bug"
    )
