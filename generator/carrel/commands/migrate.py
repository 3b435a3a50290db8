"""`carrel migrate`: a site's files without the values that are gone."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from carrel.deprecations import Deprecation
    from carrel.diagnostics import Diagnostic

SUMMARY = "Rewrite a site's files where they use values that were renamed or removed."


class _File(NamedTuple):
    """A file that was looked at: where, how people know it, its content, and what it becomes."""

    path: Path
    shown: str
    before: bytes
    after: bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `migrate`."""
    from carrel.commands.options import add_site

    add_site(parser)
    parser.add_argument(
        "file",
        nargs="*",
        metavar="FILE",
        type=Path,
        help="further files to rewrite, such as values/platforms/vanilla.yaml",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="change the files; without it, only print what would change",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the change as a unified diff, or make it; no file is changed if one is refused."""
    from carrel import deprecation_list, project, site
    from carrel.commands.reporting import report
    from carrel.reporters import exit_code
    from carrel.rewriting import rewrite

    root = project.find_root(arguments.folder)
    if arguments.site not in site.site_names(root):
        _, unknown = site.load(project.Project.whole(root), arguments.site, (), {})
        report(unknown, arguments)
        return exit_code(unknown)
    folder = root / "values" / "sites" / arguments.site
    own = [folder / "site.yaml", *site.tenants_files(folder)]
    named = [(arguments.folder / each).absolute() for each in arguments.file]
    deprecations = deprecation_list.load(root)
    files, found = _migrated(_distinct([*own, *named]), root, deprecations)
    report(found, arguments)
    if exit_code(found):
        print("no file is changed", file=sys.stderr)
        return exit_code(found)
    changed = [each for each in files if each.before != each.after]
    if arguments.write:
        rewrite({each.path: (each.before, each.after) for each in changed})
    for each in changed:
        if arguments.write:
            print(f"wrote {each.shown}", file=sys.stderr)
        else:
            sys.stdout.writelines(_difference(each))
    _conclude(arguments, changed, _platform(files[0], root, deprecations, [*own, *named]))
    return 0


def _distinct(paths: Iterable[Path]) -> list[Path]:
    """The paths without those that lead to a file that one before leads to."""
    distinct: dict[str, Path] = {}
    for path in paths:
        distinct.setdefault(os.path.realpath(path), path)
    return list(distinct.values())


def _migrated(
    paths: Sequence[Path], root: Path, deprecations: "Sequence[Deprecation]"
) -> "tuple[list[_File], list[Diagnostic]]":
    """The files with what they become, and why some cannot be rewritten."""
    from carrel import project
    from carrel.migration import migrated
    from carrel.yamlio.reader import read_file

    files: list[_File] = []
    found: list[Diagnostic] = []
    for path in paths:
        shown = project.shown(path, root)
        document, unreadable = read_file(path, shown)
        if document is None:
            found += unreadable
            continue
        before = path.read_bytes()
        after, refused = migrated(before, shown, deprecations)
        found += refused
        files.append(_File(path, shown, before, after))
    return files, found


def _platform(
    of_site: _File, root: Path, deprecations: "Sequence[Deprecation]", done: Sequence[Path]
) -> Path | None:
    """The site's platform file if it needs a change too."""
    from carrel.site import platform_names
    from carrel.yamlio.reader import read_values

    document, _ = read_values(of_site.after, of_site.shown)
    block = document.values.get("site") if document else None
    name = block.get("platform") if isinstance(block, dict) else None
    path = root / "values" / "platforms" / f"{name}.yaml"
    if name not in platform_names(root) or any(each.samefile(path) for each in done):
        return None
    files, refused = _migrated([path], root, deprecations)
    pending = refused or any(each.before != each.after for each in files)
    return path if pending else None


def _conclude(
    arguments: argparse.Namespace, changed: Sequence[_File], platform: Path | None
) -> None:
    """Say what remains to be done."""
    if not changed and platform is None:
        print(f"{arguments.site} uses nothing that is gone", file=sys.stderr)
    if changed and not arguments.write:
        names = ", ".join(each.shown for each in changed)
        print(f"this would change {names}; --write does it", file=sys.stderr)
    if platform is not None:
        named = Path(os.path.relpath(platform, arguments.folder)).as_posix()
        print(
            f"{named}, which other sites may share, needs a change too: "
            f"`carrel migrate {arguments.site} {named}` makes it",
            file=sys.stderr,
        )


def _difference(file: _File) -> Iterator[str]:
    from difflib import unified_diff

    before, after = (
        each.decode("utf-8").splitlines(keepends=True) for each in (file.before, file.after)
    )
    for line in unified_diff(before, after, file.shown, file.shown):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
