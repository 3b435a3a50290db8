"""A webhook says how long the API server waits for it, and no longer than that waits for any."""

from collections.abc import Callable

import pytest

from carrel.k8s import webhooks
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]


def configuration(*found: str, kind: str = "ValidatingWebhookConfiguration") -> str:
    return (
        f"apiVersion: admissionregistration.k8s.io/v1\nkind: {kind}\nmetadata: {{name: web}}\n"
        f"webhooks: [{', '.join(found)}]"
    )


@pytest.mark.parametrize("kind", ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
@pytest.mark.parametrize(
    ("webhook", "where"),
    [
        ("{name: b}", "webhooks[1]: it does not say how long"),
        ("{name: b, timeoutSeconds: null}", "webhooks[1]: it does not say how long"),
        ("{name: b, timeoutSeconds: 0}", "webhooks[1].timeoutSeconds: the API server takes 1 to"),
        ("{name: b, timeoutSeconds: 31}", "webhooks[1].timeoutSeconds: the API server takes 1 to"),
    ],
)
def test_a_webhook_that_may_wait_for_too_long_is_an_error(
    render: Render, places: Places, kind: str, webhook: str, where: str
) -> None:
    first = "{name: a, timeoutSeconds: 10}"

    (found,) = webhooks.check(render(configuration(first, webhook, kind=kind)), places)

    assert found.code == "E450"
    assert f"{kind} web {where}" in found.message


@pytest.mark.parametrize("seconds", [1, 30])
def test_what_the_api_server_takes_passes(render: Render, places: Places, seconds: int) -> None:
    objects = render(configuration(f"{{name: a, timeoutSeconds: {seconds}}}"))

    assert not list(webhooks.check(objects, places))


def test_only_configurations_of_webhooks_are_meant(render: Render, places: Places) -> None:
    other = configuration("{name: a}", kind="Policy")

    assert not list(webhooks.check(render(other), places))
