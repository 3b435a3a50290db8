"""`carrel validate`: whether the declarations of sites are right, without rendering them."""

import argparse
import sys

SUMMARY = "Check the values of sites without rendering them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `validate`."""
    from carrel.commands.options import add_format, add_set

    parser.add_argument("site", nargs="*", metavar="SITE", help="default: every site")
    add_format(parser, "text", "json", "github", "sarif")
    add_set(parser)


def run(arguments: argparse.Namespace) -> int:
    """Report everything that is wrong with the sites, on standard output."""
    from carrel import project
    from carrel.commands.reporting import report
    from carrel.errors import UsageError
    from carrel.reporters import REPORTERS, exit_code
    from carrel.schema.bundle import load
    from carrel.site import site_names
    from carrel.validation import validate

    here = project.find(arguments.folder)
    names = arguments.site or site_names(here.root)
    if not names:
        raise UsageError("there is no site below values/sites/ yet")
    schema = load(here.carrel / "generator" / "schema")
    diagnostics = [
        diagnostic
        for name in dict.fromkeys(names)
        for diagnostic in validate(here, name, arguments.set, schema)
    ]
    if arguments.format == "text":
        report(diagnostics, arguments, sys.stdout)
    else:
        REPORTERS[arguments.format](diagnostics, sys.stdout)
    code = exit_code(diagnostics)
    if code == 0 and arguments.format == "text":
        noun = "site is" if len(names) == 1 else "sites are"
        print(f"{len(names)} {noun} valid: {', '.join(names)}", file=sys.stderr)
    return code
