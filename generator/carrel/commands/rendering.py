"""What the commands have in common that render a site."""

import argparse
from functools import partial
from pathlib import Path

from carrel import project, suppressions
from carrel.build.bundle import Contents
from carrel.codes import Area
from carrel.commands.reporting import report
from carrel.diagnostics import has_errors
from carrel.render import Tools, render
from carrel.schema import bundle
from carrel.site import Site, load
from carrel.tools.locate import find_helm, find_kubeconform
from carrel.validation import check_values

_LOOKED_FOR: tuple[Area, ...] = ("read", "shape", "meaning", "template", "objects")


def rendered_site(arguments: argparse.Namespace) -> tuple[Site | None, Contents | None]:
    """A site and its contents; no contents when there are errors, no site if it cannot be read.

    All findings are reported on standard error.

    Raises:
        UsageError: there is no project here.
        EnvironmentFault: a program is missing or cannot run.
    """
    root = project.find_root(arguments.folder)
    schema = bundle.load(root / "generator" / "schema")
    site, found = load(
        project.Project.whole(root), arguments.site, arguments.set, schema.defaults()
    )
    contents = None
    if site is not None and not has_errors(found):
        tools = Tools(
            find_helm(root, _from(arguments.folder, arguments.helm)),
            find_kubeconform(root, _from(arguments.folder, arguments.kubeconform)),
        )
        contents, more = render(site, tools, partial(check_values, site, schema))
        found = (*found, *more)
    if site is not None:
        # What --set changes may be why a warning is not there.
        looked_for = () if arguments.set else _LOOKED_FOR
        found = suppressions.apply(found, site.suppressions, looked_for)
    report(found, arguments)
    return site, contents


def _from(folder: Path, program: str | None) -> str | None:
    """A program's path as seen from `folder`; a bare name is looked for on PATH."""
    return str(folder / program) if program and "/" in program else program
