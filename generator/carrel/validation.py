"""The checks that need no program: reading, shape, meaning."""

from collections.abc import Sequence
from dataclasses import replace

from carrel import deprecation_list, suppressions
from carrel.codes import Area
from carrel.deprecations import findings
from carrel.diagnostics import Diagnostic, Severity, Span, has_errors, ordered
from carrel.project import Project
from carrel.schema.bundle import Schema
from carrel.site import Site, load


def validate(
    project: Project, name: str, sets: Sequence[str], schema: Schema
) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a site's files and values.

    A stage runs only when the one before found no error: it would find the same again, worse.

    Args:
        project: where the site is.
        name: the site.
        sets: assignments of `--set`.
        schema: what values may be.
    """
    site, found = load(project, name, sets, schema.defaults())
    if site is None or has_errors(found):
        return found
    found = (*found, *check_values(site, schema))
    # What --set changes may be why a warning is not there.
    looked_for: tuple[Area, ...] = () if sets else ("read", "shape", "meaning")
    return suppressions.apply(found, site.suppressions, looked_for)


def check_values(site: Site, schema: Schema) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the values of a site: first their shape, then their meaning."""
    # A third of the time that `validate` takes, and `render` has Helm at work meanwhile.
    from carrel.rules import check as rules
    from carrel.schema import check as shape
    from carrel.schema.layer_keys import misplaced
    from carrel.schema.tombstones import with_tombstones

    deprecations = deprecation_list.load(site.carrel)
    obsolete = tuple(findings(site.layers, deprecations))
    known = with_tombstones(schema, deprecations)
    # A former word for a value is no choice or form of today's, which is said better here.
    said = {each.path for each in obsolete if each.severity is Severity.ERROR}
    found = ordered(
        [
            *obsolete,
            *misplaced(site.layers, schema),
            *(
                each
                for each in shape.check_layers(site.layers, site.resolved, known)
                if each.path not in said
            ),
        ]
    )
    if has_errors(found):
        return found
    # What is missing altogether is missing in the site's own file.
    start = next((Span(each.file, 1, 1) for each in site.layers if each.name == "site"), None)
    meaning = rules.check(site.resolved)
    return (*found, *(replace(each, span=each.span or start) for each in meaning))
