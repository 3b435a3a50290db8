"""Building the pinned tools into `.tools/bin`.

    python -m carrel.tools.build [--root DIR] [NAME…]

builds what is not up to date: the named binaries, or all but those made on demand only. Needs no
package but Carrel itself.
"""

import argparse
import fcntl
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from carrel.errors import CarrelError, UsageError
from carrel.tools import go
from carrel.tools.recipe import Recipe, recipes
from carrel.tools.record import BuildRecord, binary_path, record_path, trace

Report = Callable[[str], None]


def build(root: Path, names: Sequence[str] = (), report: Report = lambda _: None) -> None:
    """Bring the binaries `names` in `.tools/bin` below `root` up to date.

    Without names, all are brought up to date but those of tools that are built on demand only.

    Several processes may do so at once: one builds, the others wait, and a binary is replaced in
    one step.

    Raises:
        UsageError: no recipe makes a binary of that name.
        EnvironmentFault: there is no Go that fits, or it could not build.
    """
    wanted = _select(recipes(root / "tools"), names)
    if not _outdated(root, wanted):
        return
    with _lock(root, report):
        for recipe in _outdated(root, wanted):
            _build(root, recipe, report)


def _select(available: Iterable[Recipe], names: Sequence[str]) -> list[Recipe]:
    available = list(available)
    known = {binary for recipe in available for binary in recipe.binaries}
    for name in names:
        if name not in known:
            raise UsageError(f"no tool is named {name}; there are {', '.join(sorted(known))}")
    if not names:
        return [recipe for recipe in available if not recipe.on_demand]
    return [recipe for recipe in available if recipe.binaries.keys() & set(names)]


def _outdated(root: Path, wanted: Iterable[Recipe]) -> list[Recipe]:
    return [recipe for recipe in wanted if not _is_current(root, recipe)]


def _is_current(root: Path, recipe: Recipe) -> bool:
    record = _record(root, recipe)
    return None not in record.binaries.values() and record == BuildRecord.read(
        record_path(root, recipe.name)
    )


def _record(root: Path, recipe: Recipe) -> BuildRecord:
    """What a build of `recipe` that left the present binaries would have written."""
    traces = {name: trace(binary_path(root, name)) for name in recipe.binaries}
    return BuildRecord(recipe.digest, recipe.version, traces)


def _build(root: Path, recipe: Recipe, report: Report) -> None:
    toolchain = go.find_or_install(root, recipe.go, report)
    report(f"building {recipe.name} {recipe.version} with Go {toolchain.version}")
    with tempfile.TemporaryDirectory(prefix=".build-", dir=root / ".tools") as scratch:
        for name, package in recipe.binaries.items():
            toolchain.build(
                package, Path(scratch, name), module=recipe.folder, linker_flags=recipe.linker_flags
            )
        for name in recipe.binaries:
            binary = binary_path(root, name)
            binary.parent.mkdir(exist_ok=True)
            Path(scratch, name).replace(binary)
    _record(root, recipe).write(record_path(root, recipe.name))


@contextmanager
def _lock(root: Path, report: Report) -> Iterator[None]:
    """Hold the one lock on building below `root`."""
    (root / ".tools").mkdir(exist_ok=True)
    with (root / ".tools" / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another build")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m carrel.tools.build", description="Build the pinned tools into .tools/bin."
    )
    parser.add_argument("--root", type=Path, default=Path(), metavar="DIR", help="the project")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a binary; none: the usual")
    options = parser.parse_args(arguments)
    try:
        build(options.root.resolve(), options.names, report=say)
    except CarrelError as error:
        say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def say(message: str) -> None:
    """A report on standard error."""
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
