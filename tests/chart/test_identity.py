"""_lib/identity.tpl and _lib/namespaces.tpl: whoever renames something renames it everywhere."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

ACCOUNTS = {
    "notebookController": "notebook-controller-service-account",
    "jupyterWebApp": "jupyter-web-app-service-account",
    "volumesWebApp": "volumes-web-app-service-account",
    "pvcviewerController": "pvcviewer-controller-manager",
    "podDefaults": "poddefaults-webhook-service-account",
    "tensorboardController": "tensorboard-controller-controller-manager",
    "tensorboardsWebApp": "tensorboards-web-app-service-account",
    "dex": "dex",
    "oauth2Proxy": "oauth2-proxy",
    "dashboard": "dashboard",
    "profileController": "profiles-controller-service-account",
}
BOARDS: dict[str, Any] = {
    "components": {
        "tensorboardController": {"enabled": True},
        "tensorboardsWebApp": {"enabled": True},
    }
}
RENAMED: dict[str, Any] = {
    "kubernetes": {"clusterDomain": "new.domain"},
    "namespaces": {
        "kubeflow": {"name": "new-desks"},
        "auth": {"name": "new-login"},
        "oauth2Proxy": {"name": "new-proxy"},
    },
    "mesh": {
        "namespace": "new-mesh",
        "trustDomain": "new.trust",
        "gateway": {
            "namespace": "new-ingress",
            "serviceAccount": "new-gateway",
            "selector": {"istio": None, "new": "gateway-pods"},
        },
    },
    "identity": {"userHeader": "new-user", "groupsHeader": "new-groups"},
    "images": {"registry": "new.registry"},
    "components": {key: {"serviceAccount": {"name": f"new-{key.lower()}"}} for key in ACCOUNTS},
}
OLD = (
    r"cluster\.local",
    r"istio-system|istio-ingressgateway|istio: ingressgateway",
    r"kubeflow-(?:userid|groups)",
    r"kubeflow/kubeflow-gateway",
    r"\bns/kubeflow/|\bsa/dashboard\b",
    r"(?:notebook-controller|jupyter-web-app|volumes-web-app|profiles-controller)-service-account",
    r"\.kubeflow(?:\.svc\b|[\"\s]|$)",
    r"namespace: \"?(?:kubeflow|auth|oauth2-proxy)\"?\s",
    r"(?<![\w./])(?:ghcr|quay|docker)\.io/",
    r"\bdex\.auth\b|oauth2-proxy\.oauth2-proxy\b|name: \"?auth\"?\s",
)
"""Every literal that the values above replace, as it stands in some rendered text by default."""


def text_of(chart: "Chart", site: str, values: dict[str, Any]) -> str:
    return "".join(
        chart.render(site, values, scope=scope).text for scope in ("platform", "tenants")
    )


@pytest.mark.parametrize("values", [{}, LOGIN, BOARDS], ids=["plain", "dex", "boards"])
@pytest.mark.parametrize("site", ["lab", "campus", "vault"])
def test_no_old_name_survives(chart: "Chart", site: str, values: dict[str, Any]) -> None:
    text = text_of(chart, site, merged(values, RENAMED))
    for pattern in OLD:
        assert re.findall(f".*(?:{pattern}).*", text) == []


def test_every_old_name_is_there_by_default(chart: "Chart") -> None:
    """Or the test above would prove nothing."""
    text = text_of(chart, "campus", {}) + text_of(chart, "lab", dict(LOGIN))
    for pattern in OLD:
        assert re.search(pattern, text), pattern


def test_no_namespace_is_written_into_a_template(templates: dict[str, str]) -> None:
    for path, text in templates.items():
        for line in text.splitlines():
            if re.match(r"\s*namespace:", line):
                assert "{" in line, f"{path}: {line}"


def principals(manifest: "Manifest", name: str) -> list[str]:
    (rule,) = manifest.get("AuthorizationPolicy", name)["spec"]["rules"]
    return [each for source in rule["from"] for each in source["source"]["principals"]]


@pytest.mark.parametrize(
    ("values", "gateway", "dashboard", "controller"),
    [
        (
            {},
            "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account",
            "cluster.local/ns/kubeflow/sa/dashboard",
            "cluster.local/ns/kubeflow/sa/notebook-controller-service-account",
        ),
        (
            RENAMED,
            "new.trust/ns/new-ingress/sa/new-gateway",
            "new.trust/ns/new-desks/sa/new-dashboard",
            "new.trust/ns/new-desks/sa/new-notebookcontroller",
        ),
        (
            {"mesh": {"namespace": "istio"}},
            "cluster.local/ns/istio/sa/istio-ingressgateway-service-account",
            "cluster.local/ns/kubeflow/sa/dashboard",
            "cluster.local/ns/kubeflow/sa/notebook-controller-service-account",
        ),
    ],
    ids=["default", "renamed", "mesh"],
)
def test_each_program_is_told_the_same_principals(
    chart: "Chart", values: dict[str, Any], gateway: str, dashboard: str, controller: str
) -> None:
    manifest = chart.render("lab", values)
    assert principals(manifest, "jupyter-web-app") == [gateway]
    assert principals(manifest, "volumes-web-app") == [gateway]
    assert principals(manifest, "dashboard") == [gateway]
    assert principals(manifest, "profiles-kfam") == [dashboard]
    for container in ("manager", "access-management"):
        told = manifest.environment("profiles-deployment", container)
        assert told["ISTIO_INGRESS_GATEWAY_PRINCIPAL"] == gateway
        assert told["NOTEBOOK_CONTROLLER_PRINCIPAL"] == controller
        # Left empty, the Kubeflow Pipelines UI of upstream's default would be let in everywhere.
        assert told["KFP_UI_PRINCIPAL"] == gateway
    accounts = {t["spec"]["serviceAccountName"] for t in manifest.pods().values()}
    assert dashboard.rsplit("/", 1)[1] in accounts
    assert controller.rsplit("/", 1)[1] in accounts


@pytest.mark.parametrize("values", [{}, RENAMED], ids=["default", "renamed"])
def test_every_program_reads_the_user_from_the_same_header(
    chart: "Chart", values: dict[str, Any]
) -> None:
    header = values.get("identity", {}).get("userHeader", "kubeflow-userid")
    manifest = chart.render("campus", values)
    told = [
        manifest.environment("jupyter-web-app-deployment"),
        manifest.environment("volumes-web-app-deployment"),
        manifest.environment("dashboard"),
        manifest.environment("profiles-deployment", "manager"),
        manifest.environment("profiles-deployment", "access-management"),
    ]
    assert {each["USERID_HEADER"] for each in told} == {header}
    # The programs cut a prefix off wherever it stands, and their own defaults are Google's.
    assert {each["USERID_PREFIX"] for each in told} == {""}
    (rule,) = manifest.get("RequestAuthentication", "carrel-login")["spec"]["jwtRules"]
    assert rule["outputClaimToHeaders"][0]["header"] == header
    policies = chart.render("campus", values, scope="tenants").kind("AuthorizationPolicy")
    keys = {when["key"] for each in policies for when in each["spec"]["rules"][0]["when"]}
    assert keys == {f"request.headers[{header}]"}


@pytest.mark.parametrize(
    ("mode", "secure"), [("none", "false"), ("secret", "true"), ("terminated", "true")]
)
def test_cookies_are_secure_where_browsers_use_https(
    chart: "Chart", mode: str, secure: str
) -> None:
    manifest = chart.render("lab", {"gateway": {"tls": {"mode": mode, "secretName": "a"}}})
    for app in ("jupyter-web-app-deployment", "volumes-web-app-deployment"):
        assert manifest.environment(app)["APP_SECURE_COOKIES"] == secure


AMBIGUOUS = ("123", "0123", "1e3", "0x1f", "true", "no", "y", "null", "2024-01-01", "1-1")
"""Names that some reader of YAML takes for something else than text."""


def named(name: str) -> dict[str, Any]:
    """The name in every place where a site may write a name."""
    block = {
        "podLabels": {"label": name},
        "podAnnotations": {"annotation": name},
        "nodeSelector": {"node": name},
        "priorityClassName": name,
        "serviceAccount": {"name": name, "annotations": {"annotation": name}},
        "service": {"annotations": {"annotation": name}},
        "extraEnv": {"TEXT": name, "FIELD": {"fieldRef": {"fieldPath": name}}},
        "extraVolumes": {name: {"configMap": {"name": name}}},
        "extraVolumeMounts": {f"/{name}": {"name": name, "subPath": name}},
        "image": {"registry": "r", "repository": name.lower(), "tag": name},
    }
    return {
        "kubernetes": {"clusterDomain": name},
        "namespaces": {
            "kubeflow": {"name": name, "labels": {"label": name}},
            "oauth2Proxy": {"name": f"{name}-p", "labels": {"label": name}},
        },
        "mesh": {
            # Another one than the platform's.
            "namespace": f"{name}-1",
            "revision": name,
            "trustDomain": name,
            "gateway": {"serviceAccount": name, "selector": {"istio": name}},
        },
        "gateway": {"host": name, "tls": {"secretName": name}},
        "identity": {
            "mode": "external",
            "userHeader": name,
            "groupsHeader": f"{name}-0",
            "oidc": {
                "issuer": "https://login.example",
                "clientId": name,
                "scopes": [name],
                "audiences": [f"{name}-1"],
                "userClaim": name,
                "groupsClaim": name,
            },
        },
        "images": {"pullSecrets": [name]},
        "notebooks": {"home": {"storageClass": name}},
        "components": dict.fromkeys(ACCOUNTS, block),
        "tenants": {f"{name}-t": {"owner": "a@b.c", "plan": name, "labels": {"label": name}}},
        "plans": {
            name: {
                "quota": {
                    "cpu": 1,
                    "memory": "1Gi",
                    "storage": "1Gi",
                    "notebooks": 1,
                    "volumes": 1,
                },
                "largestSize": "small",
                "requestsWhenUnset": {"cpu": 0.1, "memory": "0.1Gi"},
            }
        },
    }


def replaced(value: Any, old: str, new: str) -> Any:
    """The value with a word replaced in all texts and keys."""
    if isinstance(value, dict):
        return {replaced(key, old, new): replaced(each, old, new) for key, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, old, new) for each in value]
    if isinstance(value, str):
        return re.sub(r"^[0-9a-f]{64}$", "a checksum", value).replace(old, new)
    return value


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_name_stays_text_whatever_it_looks_like(chart: "Chart", name: str) -> None:
    for scope in ("platform", "tenants"):
        plain = chart.render("", named("zz-zz"), scope=scope).bodies()
        odd = chart.render("", named(name), scope=scope).bodies()
        for config in ("profiles-namespace-labels-data", "jupyter-web-app-config"):
            # Text of its own, quoted where it must be.
            for bodies in (plain, odd):
                for identity in [each for each in bodies if each.name == config]:
                    bodies.pop(identity)
        expected = replaced(list(plain.values()), "zz-zz", name)
        assert replaced(list(odd.values()), name, name) == expected


@pytest.mark.parametrize("name", [name for name in AMBIGUOUS if name != "1-1"])
def test_a_tenant_may_be_called_whatever_a_namespace_may(chart: "Chart", name: str) -> None:
    tenants = {name: {"owner": "a@b.c", "plan": "standard", "members": {"1@2": "edit"}}}
    manifest = chart.render("", {"tenants": tenants}, scope="tenants")
    objects = [each for each in manifest.objects if each.name != "carrel-tenants-00-site"]
    assert {each.namespace or each.name for each in objects} == {name}
    assert len(objects) == 8


def test_the_labels_of_profiles_stay_text(chart: "Chart") -> None:
    values = {"mesh": {"revision": "123"}}
    manifest = chart.render("lab", values)
    labels = manifest.yaml("profiles-namespace-labels-data", "namespace-labels.yaml")
    assert labels["istio.io/rev"] == "123"
