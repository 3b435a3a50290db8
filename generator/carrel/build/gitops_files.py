"""`gitops/`: what Argo CD and Flux are given to begin with, and the two folders that they apply."""

from collections.abc import Iterable, Sequence

from carrel.build.kustomization import kustomization
from carrel.gitops import argocd, flux
from carrel.gitops.repository import FOLDER, PLATFORM, TENANTS, Repository
from carrel.k8s import phases
from carrel.k8s.objects import RenderedObject
from carrel.yamlio import writer

_NEVER_REMOVED = {
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    "kustomize.toolkit.fluxcd.io/prune": "disabled",
}
"""What Helm's `helm.sh/resource-policy: keep` is to the other two, who do not heed it in full."""


def files(
    site: str,
    repository: Repository | None,
    objects: Iterable[RenderedObject],
    used: Sequence[str],
) -> dict[str, str]:
    """Path → text of every file; none where the site names no repository.

    Args:
        site: its name.
        repository: that holds the rendered folder.
        objects: those of all releases.
        used: the phases that there are, in their order.
    """
    if repository is None:
        return {}
    head = (
        f"# Written by `carrel render {site}`. Commit all of dist/{site}/, so that it is\n"
        f"# {repository.path or 'the root'} of {repository.address},\n"
        "# then run `kubectl apply -f` on this file once.\n"
    )
    parts = {PLATFORM: [phase for phase in used if phase != phases.TENANTS]}
    if phases.TENANTS in used:
        parts[TENANTS] = [phases.TENANTS]
    return {
        f"{FOLDER}/argocd.yaml": head + _documents(argocd.applications(repository, parts, objects)),
        f"{FOLDER}/flux.yaml": head + _documents(flux.objects(repository, parts)),
        **{
            f"{FOLDER}/{part}/kustomization.yaml": kustomization(
                [f"../../manifests/{phase}" for phase in names], patches=[_keep()]
            )
            for part, names in parts.items()
        },
    }


def _keep() -> dict[str, object]:
    """A patch of every object that stays when it is no longer rendered."""
    additions = [
        {"op": "add", "path": f"/metadata/annotations/{key.replace('/', '~1')}", "value": value}
        for key, value in _NEVER_REMOVED.items()
    ]
    return {
        "target": {"annotationSelector": "helm.sh/resource-policy=keep"},
        "patch": writer.write(additions),
    }


def _documents(bodies: Iterable[dict[str, object]]) -> str:
    return "".join(f"---\n{writer.write(body)}" for body in bodies)
