"""A selector that selects nothing, or a port that nobody has, is found before it matters."""

from collections.abc import Callable

import pytest

from carrel.k8s import selectors
from carrel.k8s.label_selectors import Selector
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.surroundings import Surroundings

Render = Callable[..., tuple[RenderedObject, ...]]

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: kubeflow}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers:
        - name: web
          ports: [{name: http, containerPort: 8080}]
          livenessProbe: {httpGet: {path: /, port: http}}
"""


def service(selector: str, port: str = "http", namespace: str = "kubeflow") -> str:
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: {namespace}}}\n"
        f"spec: {{selector: {selector}, ports: [{{port: 80, targetPort: {port}}}]}}"
    )


def policy(kind: str, version: str, spec: str, namespace: str = "kubeflow") -> str:
    return (
        f"apiVersion: {version}\nkind: {kind}\n"
        f"metadata: {{name: web, namespace: {namespace}}}\nspec: {spec}"
    )


AROUND = Surroundings(own=frozenset({"auth", "kubeflow"}))


def codes(objects: tuple[RenderedObject, ...], places: Places) -> list[str]:
    return [found.code for found in selectors.check(objects, AROUND, places)]


def test_matching_objects_pass(render: Render, places: Places) -> None:
    objects = render(
        DEPLOYMENT,
        service("{app: web}"),
        service("{app: web}", "8080"),
        policy("PodDisruptionBudget", "policy/v1", "{selector: {matchLabels: {tier: front}}}"),
        policy("NetworkPolicy", "networking.k8s.io/v1", "{podSelector: {}}"),
        policy(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, "
            "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: istio-system}}, "
            "podSelector: {matchLabels: {istio: ingressgateway}}}]}], egress: [{to: ["
            "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, "
            "podSelector: {matchLabels: {k8s-app: kube-dns}}}, "
            "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: istio-system}}, "
            "podSelector: {matchLabels: {app: istiod}}}, {ipBlock: {cidr: 0.0.0.0/0}}]}]}",
        ),
        policy("Gateway", "networking.istio.io/v1", "{selector: {istio: ingressgateway}}"),
        policy("Gateway", "networking.istio.io/v1", "{selector: {app: web}}"),
        policy("Service", "v1", "{type: ExternalName, externalName: example.com}"),
    )

    assert codes(objects, places) == []


def test_a_deployment_must_select_its_own_pods(render: Render, places: Places) -> None:
    objects = render(DEPLOYMENT.replace("{app: web}}\n  template", "{app: wbe}}\n  template"))

    (found,) = selectors.check(objects, AROUND, places)

    assert found.code == "E430"
    assert "app=wbe" in found.message
    assert "app=web" in found.message


@pytest.mark.parametrize(
    "idle",
    [
        service("{app: wbe}"),
        service("{app: web, tier: back}"),
        policy("PodDisruptionBudget", "policy/v1", "{selector: {matchLabels: {app: wbe}}}"),
        policy("NetworkPolicy", "networking.k8s.io/v1", "{podSelector: {matchLabels: {app: x}}}"),
        policy(
            "AuthorizationPolicy", "security.istio.io/v1", "{selector: {matchLabels: {app: x}}}"
        ),
        policy("PeerAuthentication", "security.istio.io/v1", "{selector: {matchLabels: {app: x}}}"),
        policy("Sidecar", "networking.istio.io/v1", "{workloadSelector: {labels: {app: x}}}"),
        policy(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}",
        ),
        policy(
            "DestinationRule",
            "networking.istio.io/v1",
            "{host: web, workloadSelector: {matchLabels: {app: x}}}",
        ),
        policy(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: x}}}]}]}",
        ),
        policy(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "{podSelector: {}, egress: [{to: [{namespaceSelector: {matchLabels: "
            "{kubernetes.io/metadata.name: kubeflow}}, podSelector: {matchLabels: {app: x}}}]}]}",
            "team",
        ),
        policy("Service", "v1", "{ports: [{port: 80}]}"),
        # What is for the gateway says so as the site does.
        policy("Gateway", "networking.istio.io/v1", "{selector: {istio: other}}"),
        policy(
            "AuthorizationPolicy",
            "security.istio.io/v1",
            "{selector: {matchLabels: {istio: other}}}",
            "istio-system",
        ),
        # Nobody else runs anything for the platform there.
        service("{app: dex}", namespace="auth"),
    ],
)
def test_a_selector_that_selects_no_pod_is_an_error(
    render: Render, places: Places, idle: str
) -> None:
    assert codes(render(DEPLOYMENT, idle), places) == ["E431"]


def test_the_nearest_pods_are_shown(render: Render, places: Places) -> None:
    (found,) = selectors.check(
        render(DEPLOYMENT, service("{app: web, tier: back}")), AROUND, places
    )

    assert found.hint == "Deployment web has app=web, tier=front"


def test_a_namespace_whose_pods_others_make_is_not_judged(render: Render, places: Places) -> None:
    objects = render(
        DEPLOYMENT,
        service("{istio: ingressgateway}", namespace="istio-system"),
        policy(
            "NetworkPolicy", "networking.k8s.io/v1", "{podSelector: {matchLabels: {a: b}}}", "t"
        ),
    )

    assert codes(objects, places) == []


def test_a_service_may_have_endpoints_that_are_written_down(render: Render, places: Places) -> None:
    endpoints = (
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, "
        "namespace: kubeflow, labels: {kubernetes.io/service-name: web}}"
    )
    bare = policy("Service", "v1", "{ports: [{port: 80}]}")

    assert codes(render(DEPLOYMENT, bare, endpoints), places) == []


def test_an_object_of_the_users_own_may_mean_other_pods_beside_the_gateway(
    render: Render, places: Places
) -> None:
    document = service("{app: istiod}", namespace="istio-system")

    assert codes(render(document), places) == ["E431"]
    assert codes(render(document, source="templates/extra-objects.yaml"), places) == []


def test_an_object_of_the_users_own_gets_a_warning(render: Render, places: Places) -> None:
    extra = render(service("{app: mine}"), source="templates/extra-objects.yaml")

    assert codes((*render(DEPLOYMENT), *extra), places) == ["W431"]


def test_a_service_must_name_a_port_of_its_pods(render: Render, places: Places) -> None:
    (found,) = selectors.check(render(DEPLOYMENT, service("{app: web}", "htpt")), AROUND, places)

    assert found.code == "E432"
    assert "'htpt'" in found.message
    assert "http" in found.message


def test_a_probe_must_name_a_port_of_its_container(render: Render, places: Places) -> None:
    objects = render(DEPLOYMENT.replace("path: /, port: http", "path: /, port: health"))

    assert codes(objects, places) == ["E432"]


def test_the_pods_of_a_notebook_are_known_by_its_name(render: Render, places: Places) -> None:
    notebook = policy("Notebook", "kubeflow.org/v1", "{template: {spec: {}}}")

    assert codes(render(notebook, service("{notebook-name: web}", "80")), places) == []
    assert codes(render(notebook, service("{notebook-name: other}", "80")), places) == ["E431"]


def test_only_the_apps_group_selects_its_own_pods(render: Render, places: Places) -> None:
    # A Job's selector is made by the API server.
    job = policy("Job", "batch/v1", "{selector: {matchLabels: {a: b}}, template: {}}")

    assert codes(render(job), places) == []


def test_a_selector_is_shown_as_kubectl_takes_it() -> None:
    assert str(Selector({"b": "2", "a": "1"}, ({"key": "c", "operator": "Exists"},))) == "a=1,b=2,c"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"key": "app", "operator": "In", "values": ["web", "api"]}, True),
        ({"key": "app", "operator": "In", "values": ["api"]}, False),
        ({"key": "app", "operator": "NotIn", "values": ["api"]}, True),
        ({"key": "gone", "operator": "NotIn", "values": ["api"]}, True),
        ({"key": "app", "operator": "Exists"}, True),
        ({"key": "gone", "operator": "Exists"}, False),
        ({"key": "gone", "operator": "DoesNotExist"}, True),
        ({"key": "app", "operator": "DoesNotExist"}, False),
    ],
)
def test_expressions_mean_what_kubernetes_says(
    expression: dict[str, object], expected: bool
) -> None:
    selector = Selector.of({"matchExpressions": [expression]})

    assert selector.matches({"app": "web"}) is expected
