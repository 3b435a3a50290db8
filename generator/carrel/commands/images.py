"""`carrel images`: everything that a site's cluster pulls."""

import argparse
import sys

SUMMARY = "List every image that a site's cluster pulls."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `images`."""
    from carrel.commands.options import add_format, add_set, add_site, add_tools

    add_site(parser)
    add_format(parser, "text", "json")
    add_set(parser)
    add_tools(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the images: one per line, or a JSON list that says where each is named."""
    import json

    from carrel.commands.rendering import rendered_site

    _, contents = rendered_site(arguments)
    if contents is None:
        return 1
    if arguments.format == "json":
        entries = [
            {
                "image": reference,
                "usedBy": [use.used_by for use in contents.images if use.reference == reference],
            }
            for reference in contents.references
        ]
        print(json.dumps(entries, indent=2))
    else:
        sys.stdout.write("".join(f"{reference}\n" for reference in contents.references))
    return 0
