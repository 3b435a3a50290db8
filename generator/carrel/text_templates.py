"""Texts for people from the Jinja templates in generator/templates."""

from collections.abc import Mapping
from pathlib import Path


def fill(templates: Path, name: str, values: Mapping[str, object]) -> str:
    """The text that a template makes of values; one that it names and that is not given fails.

    `<@ … @>` is a value, `<% … %>` a statement and `<# … #>` a comment, so that the texts may hold
    what Helm, GitHub and shells write in braces. The filter `yaml` writes a scalar so that Helm
    reads the same.

    Args:
        templates: the folder generator/templates.
        name: path of the template below it.
        values: name → value.
    """
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    from carrel.schema.hints import written

    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        variable_start_string="<@",
        variable_end_string="@>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Files of a repository: what would be dangerous in HTML is ours alone.
        autoescape=False,
    )
    environment.filters["yaml"] = written
    return environment.get_template(name).render(values)
