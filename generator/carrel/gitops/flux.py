"""A source and Kustomizations of Flux.

Nothing has to be ignored: Flux compares the fields that it applies, and no others.
"""

from collections.abc import Iterable

from carrel.gitops.repository import PLATFORM, Repository, object_name

_NAMESPACE = "flux-system"
_SOURCE = "carrel"

Document = dict[str, object]


def objects(repository: Repository, parts: Iterable[str]) -> list[Document]:
    """The source, and one Kustomization for the platform, one for the tenants that waits for it.

    Args:
        repository: where the rendered folder is.
        parts: those that there are, in their order.
    """
    source: Document = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": _SOURCE, "namespace": _NAMESPACE},
        "spec": {
            "interval": "5m",
            "url": repository.address,
            "ref": {"branch": repository.branch},
            **({"secretRef": {"name": repository.login}} if repository.login else {}),
        },
    }
    return [source, *(_kustomization(repository, part) for part in parts)]


def _kustomization(repository: Repository, part: str) -> Document:
    spec: Document = {
        "interval": "10m",
        "retryInterval": "1m",
        "timeout": "10m",
        "sourceRef": {"kind": "GitRepository", "name": _SOURCE},
        "path": f"./{repository.folder(part)}",
        "prune": True,
        # Taking this object away takes nothing else away.
        "deletionPolicy": "Orphan",
    }
    if part == PLATFORM:
        spec["wait"] = True
    else:
        spec["dependsOn"] = [{"name": object_name(PLATFORM)}]
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": object_name(part), "namespace": _NAMESPACE},
        "spec": spec,
    }
