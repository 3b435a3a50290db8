"""A selector that selects nothing, or a port that nobody has, is found before it matters."""

from collections.abc import Callable

import pytest

from carrel.k8s import selectors
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.selectors import Selector

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


def codes(objects: tuple[RenderedObject, ...], places: Places) -> list[str]:
    return [found.code for found in selectors.check(objects, places)]


def test_matching_objects_pass(render: Render, places: Places) -> None:
    objects = render(
        DEPLOYMENT,
        service("{app: web}"),
        service("{app: web}", "8080"),
        policy("PodDisruptionBudget", "policy/v1", "{selector: {matchLabels: {tier: front}}}"),
        policy("NetworkPolicy", "networking.k8s.io/v1", "{podSelector: {}}"),
    )

    assert codes(objects, places) == []


def test_a_deployment_must_select_its_own_pods(render: Render, places: Places) -> None:
    objects = render(DEPLOYMENT.replace("{app: web}}\n  template", "{app: wbe}}\n  template"))

    (found,) = selectors.check(objects, places)

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
    ],
)
def test_a_selector_that_selects_no_pod_is_an_error(
    render: Render, places: Places, idle: str
) -> None:
    assert codes(render(DEPLOYMENT, idle), places) == ["E431"]


def test_the_nearest_pods_are_shown(render: Render, places: Places) -> None:
    (found,) = selectors.check(render(DEPLOYMENT, service("{app: web, tier: back}")), places)

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


def test_an_object_of_the_users_own_gets_a_warning(render: Render, places: Places) -> None:
    extra = render(service("{app: mine}"), source="templates/extra-objects.yaml")

    assert codes((*render(DEPLOYMENT), *extra), places) == ["W431"]


def test_a_service_must_name_a_port_of_its_pods(render: Render, places: Places) -> None:
    (found,) = selectors.check(render(DEPLOYMENT, service("{app: web}", "htpt")), places)

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
