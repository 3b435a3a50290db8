"""Applications of Argo CD."""

from collections.abc import Iterable, Iterator

from carrel.gitops.repository import PLATFORM, Repository, object_name
from carrel.k8s.fields import descend, mappings
from carrel.k8s.objects import RenderedObject
from carrel.release import NAMESPACE

_NAMESPACE = "argocd"
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")

Document = dict[str, object]


def applications(
    repository: Repository, parts: Iterable[str], objects: Iterable[RenderedObject]
) -> list[Document]:
    """One Application for the platform, one for the tenants.

    Whoever applies both through a third has them in that order, by their waves. Otherwise the
    tenants' is tried again until the platform's has brought the kinds that it needs.

    Args:
        repository: where the rendered folder is.
        parts: those that there are, in their order.
        objects: those of all releases.
    """
    ignored = list(_written_by_others(objects))
    return [
        _application(repository, part, wave, ignored if part == PLATFORM else [])
        for wave, part in enumerate(parts)
    ]


def _application(repository: Repository, part: str, wave: int, ignored: list[Document]) -> Document:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": object_name(part),
            "namespace": _NAMESPACE,
            "annotations": {"argocd.argoproj.io/sync-wave": str(wave)},
        },
        "spec": {
            "project": "default",
            "source": {
                "repoURL": repository.address,
                "targetRevision": repository.branch,
                "path": repository.folder(part),
            },
            "destination": {"server": "https://kubernetes.default.svc", "namespace": NAMESPACE},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                # The definitions of custom resources are too large for an annotation of kubectl's.
                "syncOptions": ["ServerSideApply=true"],
                "retry": {
                    "limit": 20,
                    "backoff": {"duration": "10s", "factor": 2, "maxDuration": "3m"},
                },
            },
            **({"ignoreDifferences": ignored} if ignored else {}),
        },
    }


def _written_by_others(objects: Iterable[RenderedObject]) -> Iterator[Document]:
    """Fields that a controller of the cluster fills in, of objects that are rendered without."""
    for rendered in objects:
        if rendered.kind in _WEBHOOKS and _awaits_authority(rendered):
            yield _ignored(rendered, jqPathExpressions=[".webhooks[]?.clientConfig.caBundle"])
        elif rendered.kind == "ClusterRole" and "aggregationRule" in rendered.body:
            yield _ignored(rendered, jsonPointers=["/rules"])


def _awaits_authority(webhook: RenderedObject) -> bool:
    return any(
        "caBundle" not in descend(each, "clientConfig")
        for _, each in mappings(webhook.body.get("webhooks"))
    )


def _ignored(rendered: RenderedObject, **fields: list[str]) -> Document:
    return {"group": rendered.group, "kind": rendered.kind, "name": rendered.name, **fields}
