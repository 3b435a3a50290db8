"""What a site may well want, and should know that it has."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values


def check(values: Values) -> Iterator[Diagnostic]:
    """Warnings on named relaxations and known traps; none of them fails a command."""
    identity = values["identity"]
    if identity["mode"] == "demo":
        yield values.warning(
            "W202",
            ("identity", "mode"),
            f"everyone who reaches the gateway is {identity['demo']['user']}",
        )
    if identity["mode"] == "dex" and identity["dex"]["users"]:
        yield values.warning(
            "W207",
            ("identity", "dex", "users"),
            "passwords that nobody makes people change; for a demo",
        )
    if values["gateway"]["tls"]["mode"] == "none":
        yield values.warning(
            "W203",
            ("gateway", "tls", "mode"),
            "tokens and cookies travel in clear text; for a port-forward to your own machine only",
        )
    if not values["platform"]["proved"]:
        yield values.warning(
            "W204",
            ("site", "platform"),
            f"platform {values['platform']['name']} is not yet proved: none of Carrel's tests runs "
            "on it",
        )
    registry = values["images"]["registry"]
    if ":" in registry:
        yield values.warning(
            "W205",
            ("images", "registry"),
            f"the notebook form cuts image names at the first colon, so with {registry} all tags "
            "of an image look alike; prefer a registry without a port",
        )
    yield from _cluster_domain(values)


def _cluster_domain(values: Values) -> Iterator[Diagnostic]:
    domain = values["kubernetes"]["clusterDomain"]
    programs = {
        "pvcviewerController": ("pvcviewer controller", "viewers"),
        "tensorboardController": ("TensorBoard controller", "TensorBoards"),
    }
    for key, (program, things) in programs.items():
        if domain != "cluster.local" and values["components"][key]["enabled"]:
            yield values.warning(
                "W206",
                ("kubernetes", "clusterDomain"),
                f"the {program} writes cluster.local into the routes of {things}, which will not "
                f"be found in {domain}",
            )
