"""The command `python -m carrel.build.schemas`."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from carrel.build.schemas import custom, kubernetes, sources
from carrel.build.schemas.json_text import json_text
from carrel.errors import CarrelError

FOLDER = Path("generator", "catalogue", "schemas")
KINDS = "kinds.json"


def generated(root: Path, report: Callable[[str], None]) -> dict[str, str]:
    """The files as the pinned sources give them: path below `FOLDER` → text.

    Args:
        root: the project. What is wanted stands in its kinds.json, which is kept by hand.
        report: told what takes long.

    Raises:
        EnvironmentFault: a source is not there.
        KeyError: a source lacks a wanted kind.
    """
    wanted = json.loads((root / FOLDER / KINDS).read_text("utf-8"))
    definitions = {minor: sources.kubernetes(minor) for minor in wanted["minors"]}
    histories = kubernetes.histories(definitions, wanted["kubernetes"])
    files = {f"kubernetes/{package}.json": types for package, types in histories.items()}
    for folder, found in sources.custom(root, report).items():
        for definition in found:
            files[f"{folder}/{definition['metadata']['name']}.json"] = custom.compact(definition)
    return {path: json_text(content) for path, content in files.items()}


def present(root: Path) -> dict[str, str]:
    """The files as they are: path below `FOLDER` → text, without the one kept by hand."""
    folder = root / FOLDER
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.glob("*/*.json")
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m carrel.build.schemas")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the project")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 on a difference"
    )
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    try:
        new, old = generated(root, _say), present(root)
    except CarrelError as error:
        _say(f"error: {error}")
        return error.exit_code
    changed = sorted(path for path in new.keys() | old.keys() if new.get(path) != old.get(path))
    for path in changed:
        print(FOLDER / path)
    if options.check:
        return 1 if changed else 0
    _write(root / FOLDER, {path: new.get(path) for path in changed})
    return 0


def _write(folder: Path, files: Mapping[str, str | None]) -> None:
    """Write files; those without a text are removed."""
    for path, text in files.items():
        if text is None:
            (folder / path).unlink()
        else:
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text, "utf-8")


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
