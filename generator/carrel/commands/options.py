"""Options that several commands have."""

import argparse


def add_site(parser: argparse.ArgumentParser) -> None:
    """The one site that a command is about."""
    parser.add_argument("site", metavar="SITE", help="a folder below values/sites/")


def add_set(parser: argparse.ArgumentParser) -> None:
    """Values over those of the files."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="a value over those of the files, as helm takes it; may be repeated",
    )


def add_format(parser: argparse.ArgumentParser, *formats: str) -> None:
    """How the output is written, the first format by default."""
    parser.add_argument(
        "--format", choices=formats, default=formats[0], help=f"default: {formats[0]}"
    )


def add_tools(parser: argparse.ArgumentParser) -> None:
    """The programs that render and check."""
    for program in ("helm", "kubeconform"):
        parser.add_argument(
            f"--{program}",
            metavar="PATH",
            help=f"the {program} to use; default: ${f'carrel_{program}'.upper()}, PATH, .tools/bin",
        )
