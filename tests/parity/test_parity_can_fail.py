"""The comparison reports what it is there for: each test breaks one thing and sees it named."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.parity.comparison import Report, differences, undeclared
from tests.parity.declaration import SHARED, Allowance, Declaration, Line, parse_identity
from tests.parity.inventory import Inventory
from tests.parity.leaves import leaves
from tests.parity.parity import Parity

from carrel.diagnostics import Path, dotted
from carrel.k8s.objects import Identity

Body = dict[str, Any]

CONTROLLER = "apps/Deployment/kubeflow/notebook-controller-deployment"
CONTROLLER_ROLE = "rbac.authorization.k8s.io/ClusterRole/-/notebook-controller-role"
DASHBOARD = "apps/Deployment/kubeflow/dashboard"
KFAM_POLICY = "security.istio.io/AuthorizationPolicy/kubeflow/profiles-kfam"
KFAM_NETWORK = "networking.k8s.io/NetworkPolicy/kubeflow/profiles-kfam"
KFAM_ROUTE = "networking.istio.io/VirtualService/kubeflow/profiles-kfam"
NAMESPACE = "core/Namespace/-/kubeflow"
WEB_APP = "apps/Deployment/kubeflow/jupyter-web-app-deployment"
WEB_APP_SERVICE = "core/Service/kubeflow/jupyter-web-app-service"


def said_of(parity: Parity, objects: Inventory) -> str:
    """What the comparison says of other objects, beyond what it says as things are."""
    return new(parity, parity.report(ours=objects))


def said_with(parity: Parity, declaration: Declaration) -> str:
    """What the comparison says with another declaration, beyond what it says as things are."""
    declarations = {**parity.declarations, declaration.name: declaration}
    return new(parity, parity.report(declarations=declarations))


def new(parity: Parity, report: Report) -> str:
    known = parity.report().text().splitlines()
    return "\n".join(line for line in report.text().splitlines() if line not in known)


def container(body: Body) -> Body:
    found: Body = body["spec"]["template"]["spec"]["containers"][0]
    return found


def drop_a_rule(role: Body) -> None:
    role["rules"] = [rule for rule in role["rules"] if rule["apiGroups"] != ["apps"]]


def add_a_verb(role: Body) -> None:
    role["rules"][1]["verbs"].append("delete")


def change_a_variable(deployment: Body) -> None:
    for variable in container(deployment)["env"]:
        if variable["name"] == "ENABLE_CULLING":
            variable["value"] = "true"


def drop_a_variable(deployment: Body) -> None:
    env = container(deployment)["env"]
    env[:] = [variable for variable in env if variable["name"] != "USERID_HEADER"]


def change_a_principal(policy: Body) -> None:
    policy["spec"]["rules"][0]["from"][0]["source"]["principals"] = [
        "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"
    ]


def add_a_rule(policy: Body) -> None:
    policy["spec"]["rules"].append({"to": [{"operation": {"paths": ["/metrics"]}}]})


def drop_a_mount(deployment: Body) -> None:
    del container(deployment)["volumeMounts"][0]


def drop_a_probe(deployment: Body) -> None:
    del container(deployment)["readinessProbe"]


def run_as_root(deployment: Body) -> None:
    container(deployment)["securityContext"]["runAsNonRoot"] = False


def lead_elsewhere(service: Body) -> None:
    service["spec"]["ports"][0]["targetPort"] = 8080


def choose_no_pod(service: Body) -> None:
    service["spec"]["selector"] = {"app.kubernetes.io/name": "jupyter-web-apps"}


def admit_every_namespace(policy: Body) -> None:
    policy["spec"]["ingress"][0]["from"].append({"namespaceSelector": {}})


def relax_pod_security(namespace: Body) -> None:
    namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "baseline"


@pytest.mark.parametrize(
    ("identity", "breakage", "expected"),
    [
        (CONTROLLER_ROLE, drop_a_rule, 'rules["apps/statefulsets"]'),
        (CONTROLLER_ROLE, add_a_verb, 'rules["core/pods"]'),
        (CONTROLLER, change_a_variable, "containers.manager.env.ENABLE_CULLING"),
        (WEB_APP, drop_a_variable, "containers.jupyter-web-app.env.USERID_HEADER"),
        (KFAM_POLICY, change_a_principal, "spec.rules[0].from"),
        (KFAM_POLICY, add_a_rule, "spec.rules[1].to"),
        (WEB_APP, drop_a_mount, 'volumeMounts["/etc/config"].name'),
        (DASHBOARD, drop_a_probe, "containers.dashboard.readinessProbe.httpGet.path"),
        (DASHBOARD, run_as_root, "containers.dashboard.securityContext.runAsNonRoot"),
        (WEB_APP_SERVICE, lead_elsewhere, "spec.ports.80.targetPort"),
        (WEB_APP_SERVICE, choose_no_pod, "selects: upstream has"),
        (KFAM_NETWORK, admit_every_namespace, "spec.ingress"),
        (NAMESPACE, relax_pod_security, 'labels["pod-security.kubernetes.io/enforce"]'),
    ],
)
def test_a_broken_object_is_reported(
    parity: Parity, identity: str, breakage: Callable[[Body], None], expected: str
) -> None:
    broken = dict(parity.ours.objects)
    body = copy.deepcopy(dict(broken[parse_identity(identity)]))
    breakage(body)
    broken[parse_identity(identity)] = body

    said = said_of(parity, Inventory(broken))

    assert any(identity in line and expected in line for line in said.splitlines()), said


def test_any_changed_value_of_any_object_is_reported(parity: Parity) -> None:
    unnoticed = [
        f"{identity}: {dotted(path)}"
        for name, declaration in parity.declarations.items()
        for identity, entry in declaration.objects.items()
        if entry.ours and not entry.proved
        for path, body in changed(dict(parity.ours.objects[entry.ours]))
        if not reported(parity, name, identity, body)
    ]

    assert not unnoticed, "\n".join(unnoticed)


def changed(body: Body) -> Iterator[tuple[Path, Body]]:
    """The object with one value changed, for each of its values but those of its identity."""
    skipped = (("kind",), ("metadata", "name"), ("metadata", "namespace"))
    for path, value in values(body, ()):
        if path not in skipped:
            other = copy.deepcopy(body)
            holder: Any = other
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = different(value)
            yield path, other


def values(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        yield path, value
    for key, item in items:
        yield from values(item, (*path, key))


def different(value: object) -> object:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}-changed"


def reported(parity: Parity, name: str, identity: Identity, body: Body) -> bool:
    declaration = parity.declarations[name]
    entry = declaration.objects[identity]
    shared = parity.declarations[SHARED].everywhere
    allowances = (*entry.differences, *declaration.everywhere, *shared)
    theirs = leaves(parity.upstream.objects[identity], parity.upstream)
    found = differences(theirs, leaves(body, parity.ours))
    own: set[Any] = set()
    if any(undeclared(identity, found, allowances, own)):
        return True
    # What has become the same as upstream's leaves a line of the object's own without use.
    assert entry.ours
    before: set[Any] = set()
    was = differences(theirs, leaves(parity.ours.objects[entry.ours], parity.ours))
    any(undeclared(identity, was, allowances, before))
    lines = {id(allowance) for allowance in entry.differences}
    return any(use[0] in lines for use in before - own)


def test_an_object_that_is_missing_is_reported(parity: Parity) -> None:
    objects = {
        identity: body
        for identity, body in parity.ours.objects.items()
        if str(identity) != KFAM_NETWORK
    }

    said = said_of(parity, Inventory(objects))

    assert f"{KFAM_NETWORK}: upstream has it, and the chart does not render it" in said


def test_an_object_that_nobody_declared_is_reported(parity: Parity) -> None:
    stranger = Identity("", "Secret", "kubeflow", "stranger")

    said = said_of(parity, Inventory({**parity.ours.objects, stranger: {}}))

    assert said == (
        "shared: core/Secret/kubeflow/stranger: upstream does not have it;"
        " declare it as added, with a reason"
    )


def test_an_object_that_was_dropped_and_is_rendered_is_reported(parity: Parity) -> None:
    route = parse_identity(KFAM_ROUTE)
    objects = {**parity.ours.objects, route: parity.upstream.objects[route]}

    said = said_of(parity, Inventory(objects))

    assert f"{KFAM_ROUTE}: it is declared as dropped, and the chart renders it" in said


def test_a_difference_that_is_no_longer_declared_is_reported(parity: Parity) -> None:
    declaration = parity.declarations["notebook-controller"]
    identity = parse_identity(CONTROLLER)
    entry = replace(declaration.objects[identity], differences=())

    said = said_with(parity, replace(declaration, objects={**declaration.objects, identity: entry}))

    assert f"{CONTROLLER}: spec.strategy.type: upstream has nothing, ours has 'Recreate'" in said


@pytest.mark.parametrize("value", ["HTTPS", "http"])
def test_a_declaration_that_explains_nothing_is_reported(parity: Parity, value: str) -> None:
    declaration = parity.declarations["dashboard"]
    line = Line(("spec", "ports", "80", "name"), value)
    idle = Allowance("here", "Reason.", ("core/Service/kubeflow/dashboard",), (), (line,))

    said = said_with(parity, replace(declaration, everywhere=(*declaration.everywhere, idle)))

    assert said == (
        "dashboard: here: nothing differs so in core/Service/kubeflow/dashboard: Reason.\n"
        f"dashboard: here: no difference has spec.ports.80.name '{value}' on the side ours;"
        " take it out"
    )


def test_an_upstream_object_that_is_left_out_is_reported(parity: Parity) -> None:
    declaration = parity.declarations["dashboard"]
    objects = dict(declaration.objects)
    del objects[parse_identity(DASHBOARD)]

    said = said_with(parity, replace(declaration, objects=objects))

    assert f"dashboard: {DASHBOARD}: upstream has it; say what became of it" in said
    assert f"shared: {DASHBOARD}: upstream does not have it; declare it as added" in said


def test_an_object_that_is_declared_twice_is_reported(parity: Parity) -> None:
    declaration = parity.declarations["roles"]

    added = {**declaration.added, parse_identity(DASHBOARD): "Twice."}
    said = said_with(parity, replace(declaration, added=added))

    assert said == f"shared: {DASHBOARD}: declared more than once, by dashboard, roles"


def test_a_proof_that_does_not_exist_is_reported(parity: Parity) -> None:
    declaration = parity.declarations["profiles"]
    identity = next(each for each, entry in declaration.objects.items() if entry.proved)
    entry = replace(declaration.objects[identity], proved="tests/schemas/test_nothing.py")

    said = said_with(parity, replace(declaration, objects={**declaration.objects, identity: entry}))

    assert said == f"profiles: {identity}: there is no tests/schemas/test_nothing.py to prove it"


def test_an_added_object_that_is_not_rendered_is_reported(parity: Parity) -> None:
    declaration = parity.declarations["roles"]
    added = {**declaration.added, parse_identity("core/Secret/kubeflow/stranger"): "Strange."}

    said = said_with(parity, replace(declaration, added=added))

    assert said == (
        "roles: core/Secret/kubeflow/stranger: it is declared as added,"
        " and the chart does not render it"
    )
