"""`carrel new`: the files of a new site."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carrel.new_site import NewSite

SUMMARY = "Make the files of a new site, commented and valid."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `new`."""
    parser.add_argument("site", metavar="SITE", help="a folder below values/sites/, to be made")
    parser.add_argument(
        "--platform", metavar="NAME", default="", help="a file below values/platforms/"
    )
    parser.add_argument(
        "--host", metavar="NAME", default="", help="the host name that people open; default: any"
    )
    login = parser.add_mutually_exclusive_group()
    login.add_argument(
        "--issuer",
        metavar="URL",
        default="",
        help="your OpenID Connect provider; without it nobody gets in until you write it",
    )
    login.add_argument(
        "--demo",
        metavar="USER",
        default="",
        help="instead of a login, everyone is this user, unencrypted: for one person and machine",
    )
    parser.add_argument(
        "--owner",
        metavar="USER",
        default="",
        help="owner of the first tenant; default: that of --demo",
    )
    parser.add_argument(
        "--ci",
        choices=("none", "github", "gitlab"),
        default="none",
        help="also a workflow that validates every change; default: none",
    )
    parser.add_argument(
        "--pre-commit",
        action="store_true",
        help="also a hook for pre-commit that validates before every commit",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the files, and say on standard error which and what is left to do."""
    from carrel import new_site, project
    from carrel.schema.bundle import load

    root = project.find_root(arguments.folder)
    schema = load(root / "generator" / "schema")
    templates = root / "generator" / "templates"
    new = new_site.NewSite(
        name=arguments.site,
        platform=arguments.platform,
        host=arguments.host,
        issuer=arguments.issuer,
        owner=arguments.owner,
        demo=arguments.demo,
    )
    new_site.check(new, root, schema)
    texts = new_site.files(new, templates, schema)
    # Last the site: whatever fails before can be mended, and the same command run again.
    services = [arguments.ci] if arguments.ci != "none" else []
    for service in [*services, *([new_site.PRE_COMMIT] if arguments.pre_commit else [])]:
        _add_workflow(root, service, new_site.workflow(service, templates))
    new_site.write(root, new.name, texts)
    for file in texts:
        _say(f"made values/sites/{new.name}/{file}")
    _say_what_is_left(new)
    return 0


def _add_workflow(root: Path, service: str, text: str) -> None:
    """Write the workflow, or print it where people have to put it in its place themselves."""
    from carrel.new_site import WORKFLOWS, write_workflow

    place = WORKFLOWS[service]
    top = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    if top != root:
        why = f"the repository starts at {top}, outside of the project"
    elif not write_workflow(root, service, text):
        why = f"{place} is there already"
    else:
        _say(f"{place} validates every change")
        return
    sys.stdout.write(text)
    _say(f"{why}: add what is on standard output to it yourself")


def _say_what_is_left(new: "NewSite") -> None:
    if new.demo:
        _say(f"everyone who reaches the gateway is {new.demo}: for your own machine only")
    elif not new.issuer:
        _say("to do: write identity.oidc.issuer in site.yaml; until then nobody gets in")
    _say(f"check it after every change: carrel validate {new.name}")


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
