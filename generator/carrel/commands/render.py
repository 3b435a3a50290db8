"""`carrel render`: a site as checked manifests."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carrel.build.bundle import Contents

SUMMARY = "Render a site, check every object, and write dist/SITE/."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `render`."""
    from carrel.commands.options import add_set, add_site, add_tools

    add_site(parser)
    parser.add_argument(
        "-o", dest="output", metavar="DIR", type=Path, help="default: dist/SITE in the project"
    )
    add_set(parser)
    add_tools(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the folder, or leave it as it is and say why."""
    from carrel import output, project
    from carrel.build import bundle
    from carrel.commands.rendering import rendered_site

    site, contents = rendered_site(arguments)
    if site is None or contents is None:
        return 1
    # As with -C everywhere, a relative path starts there.
    chosen = arguments.folder / arguments.output if arguments.output else None
    destination = chosen or site.root / "dist" / contents.site
    output.write(bundle.files(contents), destination)
    print(_summary(contents, project.shown(destination.absolute(), Path.cwd())), file=sys.stderr)
    return 0


def _summary(contents: "Contents", destination: str) -> str:
    releases = len(contents.releases)
    parts = [
        f"{len(contents.objects)} objects in {releases} releases",
        f"{len(contents.references)} images",
    ]
    if contents.secrets:
        noun = "Secret" if len(contents.secrets) == 1 else "Secrets"
        parts.append(f"{len(contents.secrets)} {noun} to make (carrel secrets {contents.site})")
    lines = [f"{destination}: {', '.join(parts)}"]
    lines += _expected(contents)
    return "\n".join(lines)


def _expected(contents: "Contents") -> Iterator[str]:
    """A sentence on each object that the values name as already there."""
    from carrel.diagnostics import dotted
    from carrel.k8s.namespaces import labels_to_set
    from carrel.k8s.places import target_title

    values = contents.releases[0][0].values
    for target, where in contents.expected:
        sentence = f"{target_title(target)} has to be in the cluster"
        if target.kind == "Namespace":
            labels = labels_to_set(values, str(where[1]))
            sentence += " with the labels " + ", ".join(f"{key}={labels[key]}" for key in labels)
        yield f"{sentence} ({dotted(where)})"
