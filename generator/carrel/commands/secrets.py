"""`carrel secrets`: the Secrets that a site needs, made afresh and never written to a file."""

import argparse
import sys

SUMMARY = "Print a site's Secrets with fresh random values, for kubectl."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `secrets`."""
    from carrel.commands.options import add_set, add_site, add_tools

    add_site(parser)
    add_set(parser)
    add_tools(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a manifest on standard output, and on standard error what only people can make."""
    import secrets

    from carrel.commands.rendering import rendered_site
    from carrel.secrets import manifest

    _, contents = rendered_site(arguments)
    if contents is None:
        return 1
    sys.stdout.write(manifest(contents.secrets, secrets.token_bytes))
    if not any(secret.can_be_random for secret in contents.secrets):
        print(f"site {contents.site} needs no Secret that can be random", file=sys.stderr)
    for secret in contents.secrets:
        if not secret.can_be_random:
            where = f"{secret.namespace}/{secret.name}"
            print(f"make Secret {where} yourself: {secret.command()}", file=sys.stderr)
    return 0
