"""What every component's block of values does, the same for each.

_lib/volumes.tpl
notebook-controller/{deployment,service,serviceaccount,networkpolicy}.yaml
jupyter-web-app/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
volumes-web-app/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
pvcviewer-controller/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
dashboard/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
profile-controller/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
dex/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget,virtualservice}.yaml
oauth2-proxy/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
oauth2-proxy/virtualservice.yaml
tensorboard-controller/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
tensorboards-web-app/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
pod-defaults/{deployment,service,serviceaccount,networkpolicy,poddisruptionbudget}.yaml
_lib/pod.tpl, _lib/objects.tpl, _lib/labels.tpl, _lib/merge.tpl, _lib/web-apps.tpl
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

from carrel.rules.volumes import OWN

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest, Values


@dataclass(frozen=True, slots=True)
class Component:
    """A component under its names."""

    key: str
    folder: str
    workload: str
    container: str
    account: str
    service: str
    network_policy: str
    needs: "Values" = field(default_factory=dict)
    """Values of a site that has it."""


NOTEBOOK_CONTROLLER = Component(
    "notebookController",
    "notebook-controller",
    "notebook-controller-deployment",
    "manager",
    "notebook-controller-service-account",
    "notebook-controller-service",
    "notebook-controller",
)
JUPYTER_WEB_APP = Component(
    "jupyterWebApp",
    "jupyter-web-app",
    "jupyter-web-app-deployment",
    "jupyter-web-app",
    "jupyter-web-app-service-account",
    "jupyter-web-app-service",
    "jupyter-web-app",
)
VOLUMES_WEB_APP = Component(
    "volumesWebApp",
    "volumes-web-app",
    "volumes-web-app-deployment",
    "volumes-web-app",
    "volumes-web-app-service-account",
    "volumes-web-app-service",
    "volumes-web-app",
)
PVCVIEWER_CONTROLLER = Component(
    "pvcviewerController",
    "pvcviewer-controller",
    "pvcviewer-controller-manager",
    "manager",
    "pvcviewer-controller-manager",
    "pvcviewer-controller-manager-metrics-service",
    "pvcviewer-webhook",
)
DASHBOARD = Component(
    "dashboard", "dashboard", "dashboard", "dashboard", "dashboard", "dashboard", "dashboard"
)
PROFILE_CONTROLLER = Component(
    "profileController",
    "profile-controller",
    "profiles-deployment",
    "manager",
    "profiles-controller-service-account",
    "profiles-kfam",
    "profiles-kfam",
)
POD_DEFAULTS = Component(
    "podDefaults",
    "pod-defaults",
    "poddefaults-webhook-deployment",
    "poddefaults-webhook",
    "poddefaults-webhook-service-account",
    "poddefaults-webhook-service",
    "poddefaults",
)
BOARDS: "Values" = {
    "components": {
        "tensorboardController": {"enabled": True},
        "tensorboardsWebApp": {"enabled": True},
    }
}
TENSORBOARD_CONTROLLER = Component(
    "tensorboardController",
    "tensorboard-controller",
    "tensorboard-controller-deployment",
    "manager",
    "tensorboard-controller-controller-manager",
    "tensorboard-controller-controller-manager-metrics-service",
    "tensorboard-controller",
    BOARDS,
)
TENSORBOARDS_WEB_APP = Component(
    "tensorboardsWebApp",
    "tensorboards-web-app",
    "tensorboards-web-app-deployment",
    "tensorboards-web-app",
    "tensorboards-web-app-service-account",
    "tensorboards-web-app-service",
    "tensorboards-web-app",
    BOARDS,
)
DEX = Component("dex", "dex", "dex", "dex", "dex", "dex", "dex", LOGIN)
OAUTH2_PROXY = Component(
    "oauth2Proxy",
    *("oauth2-proxy",) * 6,
    LOGIN,
)
COMPONENTS = (
    NOTEBOOK_CONTROLLER,
    JUPYTER_WEB_APP,
    VOLUMES_WEB_APP,
    PVCVIEWER_CONTROLLER,
    DASHBOARD,
    PROFILE_CONTROLLER,
    POD_DEFAULTS,
    DEX,
    OAUTH2_PROXY,
    TENSORBOARD_CONTROLLER,
    TENSORBOARDS_WEB_APP,
)
NEEDED_BY = {
    PROFILE_CONTROLLER.key: DASHBOARD,
    PVCVIEWER_CONTROLLER.key: VOLUMES_WEB_APP,
    TENSORBOARD_CONTROLLER.key: TENSORBOARDS_WEB_APP,
}
"""The component that is refused without another one."""

WEBHOOKS = (PVCVIEWER_CONTROLLER, POD_DEFAULTS)
BEHIND_THE_GATEWAY = (
    *(JUPYTER_WEB_APP, VOLUMES_WEB_APP, TENSORBOARDS_WEB_APP, DASHBOARD),
    *(DEX, OAUTH2_PROXY),
)
SEVERAL = tuple(each for each in COMPONENTS if each is not NOTEBOOK_CONTROLLER)

each_component = pytest.mark.parametrize("component", COMPONENTS, ids=lambda each: each.key)
each_with_several_pods = pytest.mark.parametrize("component", SEVERAL, ids=lambda each: each.key)


def block(component: Component, **values: Any) -> dict[str, Any]:
    return merged(component.needs, {"components": {component.key: values}})


def pod(manifest: "Manifest", component: Component) -> Any:
    return manifest.pods()[component.workload]


@each_component
def test_rules_know_the_volumes_that_a_program_has_itself(
    chart: "Chart", component: Component
) -> None:
    manifest = chart.render("lab", component.needs)
    spec = pod(manifest, component)["spec"]
    mounts = {
        mount["name"]: mount["mountPath"]
        for container in spec["containers"]
        for mount in container.get("volumeMounts", [])
    }
    assert OWN.get(component.key, {}) == mounts
    assert {volume["name"] for volume in spec.get("volumes", [])} == mounts.keys()


@each_component
def test_what_a_site_adds_to_the_pods_is_there(chart: "Chart", component: Component) -> None:
    added = block(
        component,
        podLabels={"team": "platform"},
        podAnnotations={"why": "because: it is"},
        extraEnv={
            "PLAIN": "yes: 1",
            # Other readers of YAML take this name for false.
            "NO": "",
            "FIELD": {"fieldRef": {"fieldPath": "metadata.name"}},
            "TOKEN": {"secretKeyRef": {"name": "tokens", "key": "token"}},
        },
        extraVolumes={"ca": {"configMap": {"name": "ca"}}, "scratch": {"emptyDir": {}}},
        extraVolumeMounts={
            "/etc/ca": {"name": "ca", "readOnly": True},
            "/scratch": {"name": "scratch", "subPath": "1"},
        },
    )
    manifest = chart.render("lab", added)
    template = pod(manifest, component)
    assert template["metadata"]["labels"]["team"] == "platform"
    assert template["metadata"]["annotations"]["why"] == "because: it is"
    environment = manifest.environment(component.workload, component.container)
    assert (environment["PLAIN"], environment["NO"]) == ("yes: 1", "")
    # Filled in by the API server, it would be another owner's.
    field = {"apiVersion": "v1", "fieldPath": "metadata.name"}
    assert environment["FIELD"] == {"fieldRef": field}
    assert environment["TOKEN"] == {"secretKeyRef": {"name": "tokens", "key": "token"}}
    volumes = {each["name"]: each for each in template["spec"]["volumes"]}
    assert volumes["ca"] == {"name": "ca", "configMap": {"name": "ca"}}
    assert volumes["scratch"] == {"name": "scratch", "emptyDir": {}}
    container = manifest.container(component.workload, component.container)
    mounts = {each["mountPath"]: each for each in container["volumeMounts"]}
    assert mounts["/etc/ca"] == {"name": "ca", "mountPath": "/etc/ca", "readOnly": True}
    assert mounts["/scratch"] == {"name": "scratch", "mountPath": "/scratch", "subPath": "1"}
    plain = pod(chart.render("lab", block(component)), component)["spec"]
    own = {each["name"] for each in plain.get("volumes", [])}
    assert set(volumes) == own | {"ca", "scratch"}


@pytest.mark.parametrize(
    "component",
    # The webhook has no variables of its own.
    [each for each in COMPONENTS if each is not POD_DEFAULTS],
    ids=lambda each: each.key,
)
def test_a_sites_variable_wins_over_the_components_own(
    chart: "Chart", component: Component
) -> None:
    before = chart.render("lab", block(component)).environment(
        component.workload, component.container
    )
    for name in before:
        values = block(component, extraEnv={name: "mine"})
        after = chart.render("lab", values).environment(component.workload, component.container)
        assert after == before | {name: "mine"}
        break


def test_access_management_takes_variables_of_its_own(chart: "Chart") -> None:
    values = {"components": {"accessManagement": {"extraEnv": {"ONLY": "here"}}}}
    manifest = chart.render("lab", values)
    assert manifest.environment("profiles-deployment", "access-management")["ONLY"] == "here"
    assert "ONLY" not in manifest.environment("profiles-deployment", "manager")


@each_component
def test_labels_that_other_objects_go_by_cannot_be_replaced(
    chart: "Chart", component: Component
) -> None:
    own = pod(chart.render("lab", component.needs), component)["metadata"]["labels"]
    for label in own:
        said = chart.refusal("lab", block(component, podLabels={label: "other"}))
        assert said.endswith(": the chart sets this label itself; leave it out")
        assert label in said


@pytest.mark.parametrize(
    ("component", "annotation"),
    [
        (JUPYTER_WEB_APP, "checksum/notebook-template"),
        (PROFILE_CONTROLLER, "checksum/namespace-labels"),
    ],
    ids=lambda each: getattr(each, "key", ""),
)
def test_a_checksum_cannot_be_frozen(chart: "Chart", component: Component, annotation: str) -> None:
    frozen = chart.render("lab", block(component, podAnnotations={annotation: "0"}))
    annotations = pod(frozen, component)["metadata"]["annotations"]
    assert (
        annotations[annotation]
        == (pod(chart.render("lab"), component)["metadata"]["annotations"][annotation])
    )
    assert len(annotations[annotation]) == 64


@each_component
def test_scheduling_is_the_sites(chart: "Chart", component: Component) -> None:
    scheduling: dict[str, Any] = {
        "nodeSelector": {"pool": "system"},
        "tolerations": [{"key": "system", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}},
        "priorityClassName": "system-cluster-critical",
    }
    if component in SEVERAL:
        constraint = {"maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
        scheduling["topologySpreadConstraints"] = [constraint]
    spec = pod(chart.render("lab", block(component, replicas=1, **scheduling)), component)["spec"]
    assert {key: spec[key] for key in scheduling} == scheduling
    plain = pod(chart.render("lab", block(component, replicas=1)), component)["spec"]
    assert set(scheduling) & set(plain) == set()


@each_component
def test_resources_and_security_contexts_are_merged_over_the_components(
    chart: "Chart", component: Component
) -> None:
    values = block(
        component,
        resources={"requests": {"cpu": 2}, "limits": {"memory": "3Gi"}},
        podSecurityContext={"fsGroup": 2000},
        containerSecurityContext={"runAsUser": 4242, "readOnlyRootFilesystem": True},
    )
    manifest = chart.render("lab", values)
    context = pod(manifest, component)["spec"]["securityContext"]
    assert context == {
        "fsGroup": 2000,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    container = manifest.container(component.workload, component.container)
    assert container["securityContext"]["runAsUser"] == 4242
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["resources"]["requests"]["cpu"] == 2
    assert container["resources"]["limits"] == {"memory": "3Gi"}


@each_component
def test_the_service_account_is_the_sites(chart: "Chart", component: Component) -> None:
    annotated = block(component, serviceAccount={"annotations": {"role": "arn:aws:iam::1:x"}})
    account = chart.render("lab", annotated).get("ServiceAccount", component.account)
    assert account["metadata"]["annotations"] == {"role": "arn:aws:iam::1:x"}

    before = chart.render("lab", block(component))
    named = chart.render("lab", block(component, serviceAccount={"name": "mine"}))
    assert named.get("ServiceAccount", "mine")
    assert pod(named, component)["spec"]["serviceAccountName"] == "mine"
    subjects = [
        subject["name"]
        for kind in ("ClusterRoleBinding", "RoleBinding")
        for binding in named.kind(kind)
        for subject in binding["subjects"]
    ]
    assert component.account not in subjects
    # oauth2-proxy asks the cluster nothing.
    assert ("mine" in subjects) is (component is not OAUTH2_PROXY)

    kept = chart.render("lab", block(component, serviceAccount={"create": False, "name": "mine"}))
    assert named.identities() - kept.identities() == {
        each for each in named.identities() if (each.kind, each.name) == ("ServiceAccount", "mine")
    }
    assert len(kept.objects) == len(before.objects) - 1


@each_component
def test_a_service_is_annotated(chart: "Chart", component: Component) -> None:
    values = block(component, service={"annotations": {"a.b/c": "true"}})
    service = chart.render("lab", values).get("Service", component.service)
    assert service["metadata"]["annotations"] == {"a.b/c": "true"}
    assert service["spec"]["type"] == "ClusterIP"


@each_component
def test_a_network_policy_can_be_left_out(chart: "Chart", component: Component) -> None:
    before = chart.render("lab", block(component)).identities()
    after = chart.render("lab", block(component, networkPolicy={"enabled": False})).identities()
    assert after < before
    assert {(each.kind, each.name) for each in before - after} == {
        ("NetworkPolicy", component.network_policy)
    }


@pytest.mark.parametrize(
    "component",
    # Without these two, nobody could log in.
    [each for each in COMPONENTS if each not in (DEX, OAUTH2_PROXY)],
    ids=lambda each: each.key,
)
def test_turned_off_it_takes_exactly_its_own_objects_along(
    chart: "Chart", component: Component, site: str
) -> None:
    components: dict[str, Any] = {component.key: {"enabled": False}}
    gone = {component.folder}
    if component.key in NEEDED_BY:
        components[NEEDED_BY[component.key].key] = {"enabled": False}
        gone.add(NEEDED_BY[component.key].folder)
    before = chart.render(site, component.needs)
    after = chart.render(site, merged(component.needs, {"components": components}))
    assert after.identities() == {
        each.identity for each in before.objects if each.component not in gone
    }
    assert component.workload in before.pods()
    changed = {
        identity.name
        for identity, body in after.bodies().items()
        if body != before.bodies()[identity]
    }
    # The dashboard no longer links to the app; nobody asks access-management any more.
    others = {
        "jupyterWebApp": {"dashboard-config"},
        "volumesWebApp": {"dashboard-config"},
        "pvcviewerController": {"dashboard-config"},
        "tensorboardController": {"dashboard-config"},
        "tensorboardsWebApp": {"dashboard-config"},
        "dashboard": {"profiles-kfam"},
    }
    assert changed == others.get(component.key, set())


@pytest.mark.parametrize(
    ("component", "link"),
    [
        (JUPYTER_WEB_APP, "/jupyter/"),
        (VOLUMES_WEB_APP, "/volumes/"),
        (TENSORBOARDS_WEB_APP, "/tensorboards/"),
    ],
)
def test_the_dashboard_links_to_an_app_that_is_there(
    chart: "Chart", component: Component, link: str
) -> None:
    there = chart.render("lab", component.needs).yaml("dashboard-config", "links")
    assert link in [each["link"] for each in there["menuLinks"]]
    gone = chart.render("lab", block(component, enabled=False)).yaml("dashboard-config", "links")
    links = [each["link"] for each in (*gone["menuLinks"], *gone["quickLinks"])]
    assert not [each for each in links if each.startswith(link)]


@each_with_several_pods
@pytest.mark.parametrize("replicas", [0, 1, 2, 5])
def test_several_pods_are_spread_and_guarded(
    chart: "Chart", component: Component, replicas: int
) -> None:
    manifest = chart.render("lab", block(component, replicas=replicas, pdb={"maxUnavailable": 1}))
    deployment = manifest.get("Deployment", component.workload)
    spec = deployment["spec"]
    assert spec["replicas"] == replicas
    file = f"{component.folder}/poddisruptionbudget.yaml"
    budgets = [each for each in manifest.objects if each.source == f"chart/templates/{file}"]
    constraints = spec["template"]["spec"].get("topologySpreadConstraints")
    if replicas < 2:
        assert not budgets
        assert constraints is None
        return
    (budget,) = budgets
    body: Any = budget.body
    assert body["spec"] == {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": spec["selector"],
    }
    assert constraints == [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": spec["selector"],
        }
    ]


def test_the_notebook_controller_never_has_two_pods(chart: "Chart") -> None:
    manifest = chart.render("lab", block(NOTEBOOK_CONTROLLER, replicas=0))
    assert manifest.get("Deployment", NOTEBOOK_CONTROLLER.workload)["spec"]["replicas"] == 0
    assert "notebookController" in chart.refusal("lab", block(NOTEBOOK_CONTROLLER, replicas=2))


@each_component
def test_selectors_hold_no_more_than_name_and_component(
    chart: "Chart", component: Component
) -> None:
    manifest = chart.render("lab", block(component, podLabels={"a": "b"}))
    selector = manifest.get("Deployment", component.workload)["spec"]["selector"]["matchLabels"]
    assert set(selector) == {"app.kubernetes.io/name", "app.kubernetes.io/component"}
    assert manifest.get("Service", component.service)["spec"]["selector"] == selector
    assert selector.items() <= pod(manifest, component)["metadata"]["labels"].items()


@each_component
def test_a_service_leads_to_a_port_that_the_pods_have(chart: "Chart", component: Component) -> None:
    manifest = chart.render("lab", block(component))
    ports = {
        port["name"]: port["containerPort"]
        for container in pod(manifest, component)["spec"]["containers"]
        for port in container["ports"]
    }
    for port in manifest.get("Service", component.service)["spec"]["ports"]:
        # Istio goes by the port's name; the number is what upstream's programs ask for.
        assert port["targetPort"] in ports
        assert port["name"].startswith("http")
    numbers = [p["port"] for p in manifest.get("Service", component.service)["spec"]["ports"]]
    assert (
        numbers
        == {
            "notebookController": [8080],
            "jupyterWebApp": [80],
            "volumesWebApp": [80],
            "pvcviewerController": [8080],
            "podDefaults": [443],
            "tensorboardController": [8080],
            "tensorboardsWebApp": [80],
            "dex": [5556],
            "oauth2Proxy": [80],
            "dashboard": [80],
            "profileController": [8081],
        }[component.key]
    )


@each_component
def test_who_may_open_connections(chart: "Chart", component: Component) -> None:
    manifest = chart.render("lab", block(component))
    policy = manifest.get("NetworkPolicy", component.network_policy)["spec"]
    rules = [rule for rule in policy["ingress"] if "from" in rule]
    # The API server has no labels to be chosen by.
    assert len(policy["ingress"]) - len(rules) == (component in WEBHOOKS)
    assert len(rules) == (component is not POD_DEFAULTS)
    peers: list[dict[str, Any]] = [{"podSelector": {}}]
    if component in BEHIND_THE_GATEWAY:
        gateway = {"kubernetes.io/metadata.name": "istio-system"}
        peers.append({"namespaceSelector": {"matchLabels": gateway}})
    for rule in rules:
        others = 2 if component is DEX else 0
        assert rule["from"][: len(rule["from"]) - others] == peers
    names = {
        port["name"]
        for container in pod(manifest, component)["spec"]["containers"]
        for port in container["ports"]
    }
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} <= names


@pytest.mark.parametrize("pull_secrets", [[], ["a"], ["a", "b"]])
def test_every_pod_logs_in_to_the_sites_registry(chart: "Chart", pull_secrets: list[str]) -> None:
    manifest = chart.render("lab", {"images": {"pullSecrets": pull_secrets}})
    for template in manifest.pods().values():
        assert template["spec"].get("imagePullSecrets", []) == [
            {"name": name} for name in pull_secrets
        ]


def test_every_container_pulls_as_the_site_says(chart: "Chart") -> None:
    manifest = chart.render("lab", {"images": {"pullPolicy": "Always"}})
    assert {
        container["imagePullPolicy"]
        for template in manifest.pods().values()
        for container in template["spec"]["containers"]
    } == {"Always"}
