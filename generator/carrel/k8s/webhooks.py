"""Webhooks, and how long they may keep the API server waiting."""

from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import mappings
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

_CONFIGURATIONS: frozenset[Kind] = frozenset(
    {
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    }
)
_SHORTEST, _LONGEST = 1, 30
"""Seconds. Source: pkg/apis/admissionregistration/validation of Kubernetes 1.37."""


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with the timeouts of webhooks.

    E450: a webhook has no `timeoutSeconds`, or one that the API server refuses. Without one, every
    request that it is asked about waits ten seconds for a program that does not answer. It is an
    error in a site's own objects too: one line mends it, and nothing in a cluster makes up for it.
    """
    for rendered in objects:
        if (rendered.group, rendered.kind) not in _CONFIGURATIONS:
            continue
        for position, webhook in mappings(rendered.body.get("webhooks")):
            here: Path = ("webhooks", position)
            timeout = webhook.get("timeoutSeconds")
            if timeout is None:
                message = "it does not say how long the API server waits for its answer"
                hint = f"write timeoutSeconds, {_SHORTEST} to {_LONGEST}"
                yield places.report("E450", rendered, here, message, hint)
            elif isinstance(timeout, int) and not _SHORTEST <= timeout <= _LONGEST:
                where: Path = (*here, "timeoutSeconds")
                message = f"the API server takes {_SHORTEST} to {_LONGEST} seconds"
                yield places.report("E450", rendered, where, message)
