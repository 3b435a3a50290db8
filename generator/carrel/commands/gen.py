"""`carrel gen`: the files that are made from generator/."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

Wanted: TypeAlias = Mapping[str, str | None]
"""Path below the root → the text of the file, None where there must be none."""

SUMMARY = "Make the generated files of the project anew: default values, schema, CRDs, reference."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `gen`."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; print how the files differ and exit 1 if they do",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write what differs, or print the differences as a unified diff on standard output."""
    from carrel import deprecation_list, project
    from carrel.build.consumers import check_consumers
    from carrel.build.outputs import generated_files, stale_files
    from carrel.commands.reporting import report
    from carrel.reporters import exit_code
    from carrel.schema.bundle import load
    from carrel.schema.lint import lint
    from carrel.schema.source import MalformedSchema

    root = project.find_root(arguments.folder)
    try:
        schema = load(root / "generator" / "schema")
        deprecations = deprecation_list.load(root)
    except MalformedSchema as error:
        report(error.diagnostics, arguments)
        return 1
    found = (*lint(schema), *deprecation_list.faults(deprecations, schema))
    report(found, arguments)
    if exit_code(found):
        return 1
    made = generated_files(root, schema)
    files: Wanted = {**made, **dict.fromkeys(stale_files(root, made))}
    if not arguments.check:
        return _write(root, files)
    changelog = _read(root, "CHANGELOG.md")
    found = (
        *check_consumers(root, schema),
        *deprecation_list.unmentioned(deprecations, changelog or ""),
    )
    report(found, arguments)
    return max(exit_code(found), _report_drift(root, files))


def _write(root: Path, files: Wanted) -> int:
    """Write and remove what differs, and say which."""
    from carrel.errors import EnvironmentFault

    for path, before, after in _differing(root, files):
        try:
            if after is None:
                (root / path).unlink()
            else:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(after, "utf-8", newline="\n")
        except OSError as error:
            raise EnvironmentFault(
                f"{path} cannot be written ({error.strerror})", "free the place and permit it"
            ) from error
        verb = "removed" if after is None else "made" if before is None else "wrote"
        print(f"{verb} {path}", file=sys.stderr)
    return 0


def _report_drift(root: Path, files: Wanted) -> int:
    from difflib import unified_diff

    differing = list(_differing(root, files))
    for path, before, after in differing:
        lines = unified_diff(
            (before or "").splitlines(keepends=True),
            (after or "").splitlines(keepends=True),
            "/dev/null" if before is None else path,
            "/dev/null" if after is None else path,
        )
        sys.stdout.writelines(lines)
    if differing:
        names = ", ".join(path for path, _, _ in differing)
        print(f"out of date: {names}; run `carrel gen` and commit what it does", file=sys.stderr)
    return 1 if differing else 0


def _differing(root: Path, files: Wanted) -> Iterator[tuple[str, str | None, str | None]]:
    """Path, text there now and text wanted of each file that is not as wanted; None for no file."""
    for path, wanted in files.items():
        present = _read(root, path)
        if present != wanted:
            yield path, present, wanted


def _read(root: Path, path: str) -> str | None:
    """The text of a file below the root, None where there is none."""
    from carrel.errors import EnvironmentFault

    try:
        return (root / path).read_bytes().decode("utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise EnvironmentFault(
            f"{path} cannot be read ({error.strerror})", "make it a file that you may read"
        ) from error
