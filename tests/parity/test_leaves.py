"""Two spellings of one thing are equal, and two things are not."""

from typing import Any

import pytest
from tests.parity.inventory import Inventory, without_hash
from tests.parity.leaves import Leaves, leaves

from carrel.k8s.fields import Fields

Body = dict[str, Any]


def deployment(*containers: Body, **pod: Any) -> Body:
    labels = {"app": "web"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "kubeflow"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": list(containers), **pod},
            },
        },
    }


def config_map(name: str, data: Body) -> Body:
    metadata = {"name": name, "namespace": "kubeflow"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def web(kind: str, **spec: Any) -> Body:
    metadata = {"name": "web", "namespace": "kubeflow"}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}


def role(*rules: Body) -> Body:
    metadata = {"name": "web"}
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": metadata,
        "rules": list(rules),
    }


def of(*bodies: Fields) -> Leaves:
    """The leaves of the first object, in an inventory of all."""
    return leaves(bodies[0], Inventory.of(bodies))


def key_reference(name: str, config: str, key: str) -> Body:
    return {"name": name, "valueFrom": {"configMapKeyRef": {"name": config, "key": key}}}


SETTINGS = config_map("settings", {"A": "1", "B": "2"})


@pytest.mark.parametrize(
    "container",
    [
        {"env": [key_reference("A", "settings", "A"), key_reference("B", "settings", "B")]},
        {"envFrom": [{"configMapRef": {"name": "settings"}}]},
        {
            "envFrom": [{"configMapRef": {"name": "settings"}}],
            "env": [{"name": "A", "value": "1"}],
        },
    ],
)
def test_a_variable_counts_wherever_it_stands(container: Body) -> None:
    inline = {"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}

    assert of(deployment({"name": "web", **container}), SETTINGS) == of(
        deployment({"name": "web", **inline})
    )


def test_a_variable_in_the_container_wins_over_one_from_a_config_map() -> None:
    container = {
        "name": "web",
        "envFrom": [{"configMapRef": {"name": "settings"}}],
        "env": [{"name": "A", "value": "9"}],
    }

    found = of(deployment(container), SETTINGS)

    assert found["spec", "template", "spec", "containers", "web", "env", "A"] == "9"


def test_a_reference_that_leads_nowhere_stays() -> None:
    container = {"name": "web", "env": [key_reference("A", "missing", "A")]}

    assert of(deployment(container)) != of(
        deployment({"name": "web", "env": [{"name": "A", "value": ""}]})
    )


def test_command_and_arguments_are_one_with_variables_filled_in() -> None:
    env = [{"name": "HEADER", "value": "x-user"}]
    split = {"name": "web", "env": env, "command": ["/web"], "args": ["-header", "$(HEADER)"]}
    whole = {"name": "web", "env": env, "command": ["/web", "-header", "x-user"]}
    other = {"name": "web", "env": env, "command": ["/web", "x-user", "-header"]}

    assert of(deployment(split)) == of(deployment(whole))
    assert of(deployment(split)) != of(deployment(other))


def test_a_probe_by_name_of_a_port_is_one_by_its_number() -> None:
    ports = [{"name": "http", "containerPort": 5000}]

    def probed(port: object) -> Body:
        probe = {"httpGet": {"path": "/", "port": port}}
        return deployment({"name": "web", "ports": ports, "readinessProbe": probe})

    assert of(probed("http")) == of(probed(5000))
    assert of(probed("http")) != of(probed("https"))


@pytest.mark.parametrize("kind", ["Service", "NetworkPolicy"])
def test_a_port_by_name_is_the_one_of_the_chosen_pods(kind: str) -> None:
    pods = deployment({"name": "web", "ports": [{"name": "http", "containerPort": 5000}]})

    def opened(port: object) -> Body:
        if kind == "Service":
            return web(kind, selector={"app": "web"}, ports=[{"port": 80, "targetPort": port}])
        return web(
            kind, podSelector={"matchLabels": {"app": "web"}}, ingress=[{"ports": [{"port": port}]}]
        )

    assert of(opened("http"), pods) == of(opened(5000), pods)
    assert of(opened("http"), pods) != of(opened(5001), pods)


def test_a_selector_says_which_pods_it_chooses() -> None:
    pods = deployment({"name": "web"})

    assert of(web("Service", selector={"app": "web"}), pods)[("selects",)] == ["Deployment/web"]
    assert of(web("Service", selector={"app": "other"}), pods)[("selects",)] == []


def test_an_expression_of_one_value_is_a_label() -> None:
    expression = {"key": "app", "operator": "In", "values": ["web"]}

    assert of(web("NetworkPolicy", podSelector={"matchExpressions": [expression]})) == of(
        web("NetworkPolicy", podSelector={"matchLabels": {"app": "web"}})
    )
    assert of(web("NetworkPolicy", podSelector={"matchExpressions": [expression]})) != of(
        web(
            "NetworkPolicy", podSelector={"matchExpressions": [{**expression, "operator": "NotIn"}]}
        )
    )


def test_the_order_of_peers_means_nothing() -> None:
    peers: list[Body] = [{"podSelector": {}}, {"namespaceSelector": {"matchLabels": {"a": "b"}}}]

    def admitting(*admitted: Body) -> Body:
        return web("NetworkPolicy", podSelector={}, ingress=[{"from": list(admitted)}])

    assert of(admitting(*peers)) == of(admitting(*reversed(peers)))
    assert of(admitting(*peers)) != of(admitting(peers[0]))


def test_rights_count_however_many_rules_grant_them() -> None:
    split = role(
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "get"]},
        {"apiGroups": [""], "resources": ["pods", "events"], "verbs": ["watch"]},
    )
    whole = role(
        {"apiGroups": [""], "resources": ["events"], "verbs": ["watch"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
    )
    named = role(
        {"apiGroups": [""], "resources": ["events"], "verbs": ["watch"]},
        {"apiGroups": [""], "resources": ["pods"], "resourceNames": ["web"], "verbs": ["get"]},
    )

    assert of(split) == of(whole)
    assert of(whole) != of(named)


def test_a_right_to_an_url_is_a_right() -> None:
    metrics = {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}

    assert of(role(metrics))["rules", "/metrics"] == ["get"]


def test_an_empty_list_of_rules_is_not_a_missing_one() -> None:
    missing = role()
    del missing["rules"]

    assert of(role()) != of(missing)


def test_json_in_a_config_map_counts_by_its_meaning() -> None:
    assert of(config_map("settings", {"a": '{"b": [1], "c": 2}'})) == of(
        config_map("settings", {"a": '{\n  "c": 2,\n  "b": [1]\n}\n'})
    )
    assert of(config_map("settings", {"a": "text"})) != of(config_map("settings", {"a": "text\n"}))


@pytest.mark.parametrize("name", ["web-parameters", "web-parameters-1234567890", "parameters"])
def test_only_a_hash_of_kustomize_is_taken_off(name: str) -> None:
    assert without_hash(f"{name}-ckkh684h89") == name
    with pytest.raises(ValueError, match="ends in no hash"):
        without_hash(name)
