"""Principals and headers that let somebody in are those of the site's values."""

from collections.abc import Callable

import pytest

from carrel.k8s import mesh_identities
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.surroundings import Surroundings

Render = Callable[..., tuple[RenderedObject, ...]]

AROUND = Surroundings(
    trust_domain="desks.example",
    gateway_namespace="edge",
    gateway_account="gateway",
    identity_headers=("x-user", "x-groups"),
)
GATEWAY = "desks.example/ns/edge/sa/gateway"
WEB = "desks.example/ns/kubeflow/sa/web"


def mesh_object(kind: str, group: str, spec: str) -> str:
    return (
        f"apiVersion: {group}.istio.io/v1\nkind: {kind}\n"
        f"metadata: {{name: web, namespace: kubeflow}}\nspec: {spec}"
    )


def source(field: str) -> str:
    rule = f"{{from: [{{source: {{{field}}}}}]}}"
    return mesh_object("AuthorizationPolicy", "security", f"{{rules: [{rule}]}}")


def condition(header: str) -> str:
    rule = f"{{when: [{{key: 'request.headers[{header}]', values: [a]}}]}}"
    return mesh_object("AuthorizationPolicy", "security", f"{{rules: [{rule}]}}")


def claim(header: str) -> str:
    rule = f"{{issuer: a, outputClaimToHeaders: [{{claim: email, header: {header}}}]}}"
    return mesh_object("RequestAuthentication", "security", f"{{jwtRules: [{rule}]}}")


def variable(header: str) -> str:
    env = f"[{{name: A, value: b}}, {{name: USERID_HEADER, value: {header}}}]"
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: kubeflow}\n"
        f"spec: {{containers: [{{name: web, env: {env}}}]}}"
    )


def alternatives(kind: str, name: str) -> str:
    names = f"subjectAltNames: ['spiffe://{name}', web.example.com]"
    spec = f"{{{names}}}" if kind == "ServiceEntry" else f"{{trafficPolicy: {{tls: {{{names}}}}}}}"
    return mesh_object(kind, "networking", spec)


def codes(render: Render, places: Places, document: str, *, extra: bool = False) -> list[str]:
    origin = "templates/extra-objects.yaml" if extra else "templates/web/all.yaml"
    found = mesh_identities.check(render(document, source=origin), AROUND, places)
    return [each.code for each in found]


@pytest.mark.parametrize(
    "document",
    [
        source(f"principals: [{GATEWAY}, {WEB}]"),
        source("principals: ['*', '*/sa/web']"),
        source("notRequestPrincipals: ['*']"),
        alternatives("DestinationRule", WEB),
        alternatives("ServiceEntry", WEB),
        condition("x-user"),
        condition("X-Groups"),
        condition("authorization"),
        claim("x-user"),
        variable("x-user"),
    ],
)
@pytest.mark.parametrize("extra", [False, True])
def test_the_sites_own_identities_pass(
    render: Render, places: Places, document: str, extra: bool
) -> None:
    assert codes(render, places, document, extra=extra) == []


@pytest.mark.parametrize(
    "document",
    [
        source("principals: [cluster.local/ns/kubeflow/sa/web]"),
        source("notPrincipals: [cluster.local/ns/kubeflow/sa/web]"),
        source(f"principals: ['spiffe://{WEB}']"),
        source("principals: [web]"),
        alternatives("DestinationRule", "cluster.local/ns/kubeflow/sa/web"),
        alternatives("ServiceEntry", "cluster.local/ns/kubeflow/sa/web"),
    ],
)
def test_a_principal_is_of_the_sites_trust_domain(
    render: Render, places: Places, document: str
) -> None:
    assert codes(render, places, document) == ["E444"]
    assert codes(render, places, document, extra=True) == ["W444"]


def test_beside_the_gateway_we_mean_the_gateway_alone(render: Render, places: Places) -> None:
    document = source("principals: [desks.example/ns/edge/sa/other]")

    assert codes(render, places, document) == ["E444"]
    assert codes(render, places, document, extra=True) == []


@pytest.mark.parametrize("holder", [condition, claim, variable])
def test_a_header_is_one_that_says_who_asks(
    render: Render, places: Places, holder: Callable[[str], str]
) -> None:
    assert codes(render, places, holder("kubeflow-userid")) == ["E445"]
    assert codes(render, places, holder("kubeflow-userid"), extra=True) == ["W445"]
    # A site's own object may heed whatever header it likes.
    assert codes(render, places, holder("x-other")) == ["E445"]
    assert codes(render, places, holder("x-other"), extra=True) == []


def test_the_field_is_named(render: Render, places: Places) -> None:
    document = source(f"principals: [{WEB}, cluster.local/ns/a/sa/b]")

    (found,) = mesh_identities.check(render(document), AROUND, places)

    assert found.message == (
        "AuthorizationPolicy kubeflow/web spec.rules[0].from[0].source.principals[1]: "
        "cluster.local/ns/a/sa/b is not of the site's trust domain, desks.example"
    )
