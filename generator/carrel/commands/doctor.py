"""`carrel doctor`: whether a cluster is ready for a site."""

import argparse
import sys

SUMMARY = "Look at a cluster, changing nothing: is it ready for a site, and what is wrong?"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    from carrel.commands.options import add_format, add_set, add_site, add_tools

    add_site(parser)
    parser.add_argument(
        "--kubeconfig", metavar="FILE", help="how to reach the cluster; default: as kubectl does"
    )
    parser.add_argument(
        "--context", metavar="NAME", help="which of its clusters; default: the current one"
    )
    parser.add_argument(
        "--kubectl", metavar="PATH", help="the kubectl to use; default: $CARREL_KUBECTL, PATH"
    )
    add_format(parser, "text", "json", "sarif")
    add_set(parser)
    add_tools(parser)


def run(arguments: argparse.Namespace) -> int:
    """Report what is wrong on standard output."""
    from carrel import suppressions
    from carrel.cluster.check import check
    from carrel.cluster.kubectl import find_kubectl
    from carrel.cluster.observation import observe
    from carrel.cluster.rendered_site import RenderedSite
    from carrel.commands.rendering import rendered_site
    from carrel.commands.reporting import report
    from carrel.reporters import REPORTERS, exit_code

    kubectl = find_kubectl(arguments.kubectl, arguments.kubeconfig, arguments.context)
    site, contents = rendered_site(arguments)
    if site is None or contents is None:
        return 1
    with kubectl.api() as api:
        seen = observe(api, contents)
    found = check(seen, RenderedSite(site.resolved, contents))
    # What is not found in this cluster may well be in another one of the site.
    found = suppressions.apply(found, site.suppressions, ())
    if arguments.format == "text":
        report(found, arguments, sys.stdout)
    else:
        REPORTERS[arguments.format](found, sys.stdout)
    code = exit_code(found)
    if code == 0:
        print(f"the cluster is ready for site {site.name}", file=sys.stderr)
    return code
