"""istiod and the ingress gateway, which are there before the site."""

from collections.abc import Iterator

from carrel.cluster.observation import DEPLOYMENTS, PODS, Observation
from carrel.cluster.pods import is_ready
from carrel.cluster.rendered_site import RenderedSite
from carrel.cluster.versions import injectors, istiods
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, labels, text


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """Sidecars are injected, and the gateway is who the policies let in."""
    if DEPLOYMENTS in seen.lists:
        yield from _istiod(seen, site)
    if PODS in seen.lists and not site["gateway"]["existing"]:
        yield from _gateway(seen, site)


def _istiod(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    mesh = site["mesh"]
    revision = mesh["revision"] or "default"
    found = istiods(seen, site)
    if not found and any(each.get("url") for each in injectors(seen, revision)):
        yield site.warning(
            "W504",
            f"sidecars of revision {revision} are injected by an istiod outside of the cluster, so "
            "its version is not known",
            "see that whoever runs Istio for this cluster has a version that Carrel is proved with",
            ("mesh", "revision"),
        )
    elif not found:
        yield site.error(
            "E503",
            f"no istiod of revision {revision} is in namespace {mesh['namespace']}, so no pod "
            "would get a sidecar",
            "install Istio, or correct mesh.namespace and mesh.revision",
            ("mesh", "revision"),
        )
    elif not any(descend(each, "status").get("availableReplicas") for each in found):
        yield site.error(
            "E503",
            f"istiod of revision {revision} in namespace {mesh['namespace']} has no ready pod",
            f"look at kubectl get pods -n {mesh['namespace']}",
            ("mesh", "revision"),
        )


def _gateway(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    mesh = site["mesh"]
    gateway = mesh["gateway"]
    namespace = gateway["namespace"] or mesh["namespace"]
    chosen = ",".join(f"{key}={value}" for key, value in sorted(gateway["selector"].items()))
    pods = [each for each in seen.lists[PODS] if _is_selected(each, namespace, gateway["selector"])]
    if not any(map(is_ready, pods)):
        what = "no ready pod" if pods else "no pod"
        yield site.error(
            "E504",
            f"the ingress gateway has {what}: none in namespace {namespace} with {chosen}",
            "install Istio's gateway, or correct mesh.gateway",
            ("mesh", "gateway", "selector"),
        )
    accounts = {text(descend(each, "spec").get("serviceAccountName")) for each in pods}
    for account in sorted(accounts - {gateway["serviceAccount"]}):
        yield site.error(
            "E505",
            f"the ingress gateway runs as {account}, and programs accept requests only from "
            f"{gateway['serviceAccount']}",
            f"write mesh.gateway.serviceAccount: {account}",
            ("mesh", "gateway", "serviceAccount"),
        )


def _is_selected(pod: Fields, namespace: str, selector: dict[str, str]) -> bool:
    metadata = descend(pod, "metadata")
    own = labels(metadata.get("labels"))
    return metadata.get("namespace") == namespace and selector.items() <= own.items()
