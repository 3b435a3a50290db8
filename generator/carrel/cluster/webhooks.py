"""Webhooks that stop what a site makes."""

from collections.abc import Iterator

from carrel.cluster.observation import ENDPOINT_SLICES, MUTATING, SERVICES, VALIDATING, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, labels, mappings, strings, text
from carrel.k8s.label_selectors import Selector
from carrel.k8s.objects import Identity

_NAME = "kubernetes.io/metadata.name"
"""The label that the API server gives every namespace."""

_SERVICE = "kubernetes.io/service-name"
"""The label by which a slice of endpoints is of a Service."""

_MAKING = {"CREATE", "UPDATE", "*"}
_MADE_LATER = {("", "pods"), ("apps", "statefulsets"), ("kubeflow.org", "notebooks")}
"""What comes of the site's objects once people use it: group and resource."""


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """A webhook that must answer has a Service behind it, and that a pod.

    Otherwise the API server refuses whatever the webhook is asked about, such as every pod.
    """
    if SERVICES not in seen.lists:
        return
    faults = _faults(seen)
    own = {(each.namespace, each.name) for each in site.contents.objects if each.kind == "Service"}
    made = {(each.group, each.name) for each in seen.resources.values()} | _MADE_LATER
    rendered = {each.identity for each in site.contents.objects}
    for path, kind in (
        (MUTATING, "MutatingWebhookConfiguration"),
        (VALIDATING, "ValidatingWebhookConfiguration"),
    ):
        for name, body in seen.named(path).items():
            if Identity("admissionregistration.k8s.io", kind, "", name) in rendered:
                continue
            for _, webhook in mappings(body.get("webhooks")):
                service = descend(webhook, "clientConfig", "service")
                place = (text(service.get("namespace")), text(service.get("name")))
                stops = webhook.get("failurePolicy") != "Ignore" and _concerns(webhook, made)
                stops = stops and _looks_at(webhook, site)
                fault = faults.get(place, "which does not exist")
                if stops and place[1] and fault and place not in own:
                    yield site.error(
                        "E533",
                        f"{kind} {name} asks Service {'/'.join(place)}, {fault}, so that the "
                        "cluster refuses what the site makes",
                        f"see that it answers, or kubectl delete {kind.lower()} {name}",
                    )
                    break


def _faults(seen: Observation) -> dict[tuple[str, str], str]:
    """Why each Service would not answer, "" for those that do."""
    ready = {
        (namespace, labels(descend(each, "metadata", "labels")).get(_SERVICE, ""))
        for each in seen.lists.get(ENDPOINT_SLICES, ())
        for namespace, _ in [_place(each)]
        for _, endpoint in mappings(each.get("endpoints"))
        # Unknown is to be taken for ready.
        if descend(endpoint, "conditions").get("ready") is not False
    }
    found = {}
    for each in seen.lists[SERVICES]:
        # What has no selector, or another name for a host, may have no endpoints to be seen.
        silent = ENDPOINT_SLICES in seen.lists and descend(each, "spec").get("selector")
        is_dead = silent and _place(each) not in ready
        found[_place(each)] = "behind which no pod is ready" if is_dead else ""
    return found


def _place(body: Fields) -> tuple[str, str]:
    metadata = descend(body, "metadata")
    return text(metadata.get("namespace")), text(metadata.get("name"))


def _concerns(webhook: Fields, made: set[tuple[str, str]]) -> bool:
    if webhook.get("matchConditions") or webhook.get("objectSelector"):
        # It may be asked of nothing that the site makes.
        return False
    return any(
        _matches(group, strings(rule.get("apiGroups")))
        and _MAKING & set(strings(rule.get("operations")))
        and _matches(resource, strings(rule.get("resources")))
        for _, rule in mappings(webhook.get("rules"))
        for group, resource in made
    )


def _looks_at(webhook: Fields, site: RenderedSite) -> bool:
    """Whether it is asked about objects in some namespace of the site."""
    selector = Selector.of(descend(webhook, "namespaceSelector"))
    return any(
        selector.matches({_NAME: each.name, **labels(descend(each.body, "metadata", "labels"))})
        for each in site.contents.objects
        if (each.group, each.kind) == ("", "Namespace")
    )


def _matches(word: str, words: list[str]) -> bool:
    return any(each in ("*", "*/*", word) for each in words)
