"""`carrel explain`: where a site's values come from, and who uses them."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carrel.explanation_report import Uses
    from carrel.schema.bundle import Schema

SUMMARY = "Say where a site's values come from, what they mean and who uses them."

_EPILOGUE = """\
A PATH is written as findings show it: gateway.tls.mode, tenants.ml.members["ada@example.com"],
identity.admins[0].

with --format json, the keys are always there and null where there is nothing to say:
  without PATH: site, values (a list)
  with PATH:    site, then the keys of a value, and
    chain       the layers that speak of it, the one that counts first: layer, file, line, column,
                value, counts
    values      everything in it, if it is a map
    schema      description, type, since, scope (P platform release, T tenants releases, G
                generator) and what it says with JSON Schema's keywords: const, default, enum,
                examples, pattern, the limits; null if it does not know the value
    usedIn      templates: file, lines, renders (templates that a helper has a part in); null if
                the templates cannot be followed
    namedIn     functions of the generator that name all keys of the path: file, lines
    decides     what the chart makes of it and others: what, madeIn, from
    release     of a tenant: name, shard, file
  a value:      path, state (set, default, deleted, unset), value, and of the layer that counts:
                layer (default, platform, site, tenants, --set), file, line, column

exit code 1: the site has no such value, or its files cannot be read; what can be read is explained
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `explain`."""
    from carrel.commands.options import add_format, add_set, add_site

    parser.epilog = _EPILOGUE
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_site(parser)
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help="a value or a block of values; without it, all values that are not the defaults",
    )
    parser.add_argument(
        "--all", action="store_true", help="without PATH: all values, the defaults too"
    )
    add_format(parser, "text", "json")
    add_set(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the values, or all about one of them, on standard output."""
    from carrel import explanation, path_notation, project, suppressions
    from carrel import explanation_report as output
    from carrel.commands.reporting import report
    from carrel.default_places import DefaultPlaces
    from carrel.diagnostics import Diagnostic
    from carrel.errors import UsageError
    from carrel.reporters import exit_code
    from carrel.schema.bundle import load
    from carrel.site import load as load_site
    from carrel.yamlio.reader import read_file

    if arguments.path is not None and arguments.all:
        raise UsageError("--all is for a whole site; with a PATH, everything in it is shown anyway")
    path = None if arguments.path is None else path_notation.parse(arguments.path)
    root = project.find_root(arguments.folder)
    schema = load(root / "generator" / "schema")
    here = project.Project.whole(root)
    site, found = load_site(here, arguments.site, arguments.set, schema.defaults(), partly=True)
    if site is not None:
        found = suppressions.apply(found, site.suppressions, ())
    report(found, arguments)
    if site is None:
        return 1
    code = exit_code(found)
    places = DefaultPlaces(schema, lambda file: read_file(root / file, file)[0])
    as_json = arguments.format == "json"
    if path is None:
        values = explanation.provenances(site.resolved, places)
        chosen = (value for value in values if arguments.all or value.differs)
        if as_json:
            output.report_values_json(site.name, chosen, sys.stdout)
        else:
            output.report_values_text(chosen, sys.stdout)
        return code
    explained = explanation.explain(path, site.resolved, schema, places)
    if isinstance(explained, Diagnostic):
        print(explained.text(), file=sys.stderr)
        return 1
    uses = _uses(root, path, schema)
    if as_json:
        output.report_json(site.name, explained, uses, sys.stdout)
    else:
        output.report_text(explained, uses, sys.stdout)
    return code


def _uses(root: Path, path: tuple[str | int, ...], schema: "Schema") -> "Uses":
    """Who uses the value at a path; a template with a mistake in it is reported."""
    from carrel.build import consumers
    from carrel.build.template_reads import TemplateFault, reads
    from carrel.explanation import pattern_of
    from carrel.explanation_report import Uses

    code = consumers.generator_code(root)
    generator = consumers.generator_consumers(code, pattern_of(path, schema))
    try:
        found = reads(consumers.chart_templates(root))
    except TemplateFault as fault:
        print(f"carrel: {fault}; which templates use the value is not known", file=sys.stderr)
        return Uses(None, generator)
    return Uses(consumers.template_consumers(found, path), generator)
