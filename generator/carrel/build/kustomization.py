"""Files of kustomize."""

from collections.abc import Iterable, Sequence

from carrel.yamlio import writer

_HEAD = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}


def kustomization(resources: Iterable[str], patches: Sequence[dict[str, object]] = ()) -> str:
    """A kustomization that keeps the order of its resources.

    Args:
        resources: files and folders, as seen from the folder that it is in.
        patches: what is changed of them.
    """
    content: dict[str, object] = {
        **_HEAD,
        "resources": list(resources),
        # Kustomize's own order knows nothing of phases.
        "sortOptions": {"order": "fifo"},
    }
    if patches:
        content["patches"] = list(patches)
    return writer.write(content)
