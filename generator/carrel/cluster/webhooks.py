"""Webhooks that stop what a site makes."""

from collections.abc import Iterator

from carrel.cluster.observation import MUTATING, SERVICES, VALIDATING, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.fields import Fields, descend, labels, mappings, strings, text
from carrel.k8s.label_selectors import Selector
from carrel.k8s.objects import Identity

_NAME = "kubernetes.io/metadata.name"
"""The label that the API server gives every namespace."""

_MAKING = {"CREATE", "UPDATE", "*"}
_MADE_LATER = {("", "pods"), ("apps", "statefulsets"), ("kubeflow.org", "notebooks")}
"""What comes of the site's objects once people use it: group and resource."""


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """A webhook that must answer has a Service behind it.

    Without one the API server refuses whatever the webhook is asked about, such as every pod.
    """
    if SERVICES not in seen.lists:
        return
    services = {_place(each) for each in seen.lists[SERVICES]}
    services |= {
        (each.namespace, each.name) for each in site.contents.objects if each.kind == "Service"
    }
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
                if stops and place[1] and place not in services:
                    yield site.error(
                        "E533",
                        f"{kind} {name} asks Service {'/'.join(place)}, which does not exist, so "
                        "that the cluster refuses what the site makes",
                        f"kubectl delete {kind.lower()} {name}",
                    )
                    break


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
