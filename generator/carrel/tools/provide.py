"""Making sure that there is a Helm and a kubeconform that fit, and saying where.

    python -m carrel.tools.provide [--root DIR] NAME…

prints the path of each, one per line. One that is found elsewhere is used as it is; the one in
`.tools/bin` is built first when it is missing or its pins have changed.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from carrel.errors import CarrelError, EnvironmentFault
from carrel.tools import build, locate
from carrel.tools.record import binary_path


def provide(root: Path, need: locate.Requirement, report: build.Report = lambda _: None) -> Path:
    """The path of a program that fits, built if there is none.

    Raises:
        EnvironmentFault: the named one does not fit, or none is found and none can be built.
    """
    own = binary_path(root, need.program)
    try:
        path, _ = locate.find(need, root)
    except EnvironmentFault:
        if locate.named(need):
            raise
        path = own
    if path == own:
        build.build(root, [need.program], report)
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    needs = {need.program: need for need in (locate.HELM, locate.KUBECONFORM)}
    parser = argparse.ArgumentParser(
        prog="python -m carrel.tools.provide", description="Print where the tools are."
    )
    parser.add_argument("--root", type=Path, default=Path(), metavar="DIR", help="the project")
    parser.add_argument("names", nargs="+", metavar="NAME", choices=sorted(needs), help="a tool")
    options = parser.parse_args(arguments)
    try:
        for name in options.names:
            print(provide(options.root.resolve(), needs[name], report=build.say))
    except CarrelError as error:
        build.say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
