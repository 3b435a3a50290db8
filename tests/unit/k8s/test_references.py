"""Every name that an object gives leads to another object, to a required Secret or to an error."""

from collections.abc import Callable

import pytest

from carrel.diagnostics import Severity
from carrel.k8s import references
from carrel.k8s.mesh_references import service_of
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.references import Dangling
from carrel.k8s.surroundings import Surroundings
from carrel.layers import Resolved

Render = Callable[..., tuple[RenderedObject, ...]]

NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: kubeflow}}"


def named(kind: str, version: str = "v1", rest: str = "", name: str = "web") -> str:
    return (
        f"apiVersion: {version}\nkind: {kind}\n"
        f"metadata: {{name: {name}, namespace: kubeflow}}\n{rest}"
    )


def pod(spec: str) -> str:
    return named("Deployment", "apps/v1", f"spec: {{template: {{spec: {spec}}}}}")


def container(field: str) -> str:
    return pod(f"{{containers: [{{name: web, {field}}}]}}")


def volume(source: str) -> str:
    return pod(f"{{volumes: [{{name: data, {source}}}]}}")


def binding(kind: str, role: str, subject: str) -> str:
    return named(
        kind,
        "rbac.authorization.k8s.io/v1",
        f"roleRef: {role}\nsubjects: [{subject}]",
    )


def virtual_service(host: str) -> str:
    return named(
        "VirtualService",
        "networking.istio.io/v1",
        f"spec: {{http: [{{route: [{{destination: {{host: {host}}}}}]}}]}}",
    )


def check(objects: tuple[RenderedObject, ...], places: Places) -> Dangling:
    return references.check(objects, AROUND, places)


AROUND = Surroundings(namespaces=frozenset({"istio-system"}))
CONFIG_MAP = named("ConfigMap", rest="data: {a: b}")
ACCOUNT = named("ServiceAccount")
SERVICE = named("Service")
ROLE = named("Role", "rbac.authorization.k8s.io/v1")
USER = "{kind: User, name: ada@example.com}"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (pod("{serviceAccountName: web}"), ACCOUNT),
        (volume("configMap: {name: web}"), CONFIG_MAP),
        (volume("configMap: {name: web, items: [{key: a, path: a}]}"), CONFIG_MAP),
        (volume("projected: {sources: [{configMap: {name: web}}]}"), CONFIG_MAP),
        (
            volume("persistentVolumeClaim: {claimName: web}"),
            named("PersistentVolumeClaim"),
        ),
        (container("env: [{valueFrom: {configMapKeyRef: {name: web, key: a}}}]"), CONFIG_MAP),
        (container("envFrom: [{configMapRef: {name: web}}]"), CONFIG_MAP),
        (
            pod("{priorityClassName: web}"),
            "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: web}}",
        ),
        (binding("RoleBinding", "{kind: Role, name: web}", USER), ROLE),
        (
            binding(
                "RoleBinding",
                "{kind: ClusterRole, name: view}",
                "{kind: ServiceAccount, name: web, namespace: kubeflow}",
            ),
            ACCOUNT,
        ),
        (
            binding(
                "RoleBinding",
                "{kind: ClusterRole, name: view}",
                "{kind: User, name: 'system:serviceaccount:kubeflow:web'}",
            ),
            ACCOUNT,
        ),
        (virtual_service("web"), SERVICE),
        (virtual_service("web.kubeflow"), SERVICE),
        (virtual_service("web.kubeflow.svc"), SERVICE),
        (virtual_service("web.kubeflow.svc.cluster.local"), SERVICE),
        (
            named(
                "VirtualService", "networking.istio.io/v1", "spec: {gateways: [mesh, kubeflow/web]}"
            ),
            named("Gateway", "networking.istio.io/v1"),
        ),
        (
            named(
                "DestinationRule",
                "networking.istio.io/v1",
                "spec: {host: web.kubeflow.svc.cluster.local}",
            ),
            SERVICE,
        ),
        (
            named(
                "AuthorizationPolicy",
                "security.istio.io/v1",
                "spec: {rules: [{from: [{source: {principals: [x.local/ns/kubeflow/sa/web]}}]}]}",
            ),
            ACCOUNT,
        ),
        (
            "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\n"
            "metadata: {name: a}\n"
            "webhooks: [{clientConfig: {service: {name: web, namespace: kubeflow}}}]",
            SERVICE,
        ),
        (
            "apiVersion: admissionregistration.k8s.io/v1\n"
            "kind: ValidatingAdmissionPolicyBinding\nmetadata: {name: a}\n"
            "spec: {policyName: web}",
            "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, "
            "metadata: {name: web}}",
        ),
        (named("StatefulSet", "apps/v1", "spec: {serviceName: web}"), SERVICE),
        (
            named(
                "HorizontalPodAutoscaler",
                "autoscaling/v2",
                "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}",
            ),
            named("Deployment", "apps/v1"),
        ),
        (
            named(
                "Ingress",
                "networking.k8s.io/v1",
                "spec: {rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}",
            ),
            SERVICE,
        ),
        (
            named("Certificate", "cert-manager.io/v1", "spec: {issuerRef: {name: web}}"),
            named("Issuer", "cert-manager.io/v1"),
        ),
        (
            named("PodDefault", "kubeflow.org/v1alpha1", "spec: {serviceAccountName: web}"),
            ACCOUNT,
        ),
        (
            named(
                "Notebook", "kubeflow.org/v1", "spec: {template: {spec: {serviceAccountName: web}}}"
            ),
            ACCOUNT,
        ),
    ],
)
def test_a_reference_needs_its_target(
    render: Render, places: Places, source: str, target: str
) -> None:
    alone = check(render(NAMESPACE, source), places)
    together = check(render(NAMESPACE, source, target), places)

    assert [found.code for found in alone.diagnostics] == ["E420"]
    assert not together.diagnostics


@pytest.mark.parametrize(
    "source",
    [
        virtual_service("web.elsewhere.svc.cluster.local"),
        named(
            "AuthorizationPolicy",
            "security.istio.io/v1",
            "spec: {rules: [{from: [{source: {principals: [x.local/ns/elsewhere/sa/web]}}]}]}",
        ),
        named(
            "AuthorizationPolicy",
            "security.istio.io/v1",
            "spec: {rules: [{from: [{source: {notNamespaces: [elsewhere]}}]}]}",
        ),
        named(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "spec: {ingress: [{from: [{namespaceSelector: {matchLabels: "
            "{kubernetes.io/metadata.name: elsewhere}}}]}]}",
        ),
        named("Sidecar", "networking.istio.io/v1", "spec: {egress: [{hosts: [elsewhere/*]}]}"),
        binding(
            "RoleBinding",
            "{kind: ClusterRole, name: view}",
            "{kind: ServiceAccount, name: web, namespace: elsewhere}",
        ),
    ],
)
def test_we_name_nothing_in_a_namespace_that_the_site_does_not_know(
    render: Render, places: Places, source: str
) -> None:
    found = check(render(NAMESPACE, source), places).diagnostics

    assert [each.code for each in found] == ["E420"]
    assert "elsewhere" in found[0].message


def test_the_message_names_source_field_and_target(render: Render, places: Places) -> None:
    (found,) = check(render(NAMESPACE, pod("{serviceAccountName: web}")), places).diagnostics

    assert found.message == (
        "Deployment kubeflow/web spec.template.spec.serviceAccountName: "
        "refers to ServiceAccount kubeflow/web, which does not exist"
    )


@pytest.mark.parametrize(
    "source",
    [
        pod("{serviceAccountName: default}"),
        pod("{priorityClassName: system-cluster-critical}"),
        volume("configMap: {name: kube-root-ca.crt}"),
        volume("configMap: {name: absent, optional: true}"),
        binding("ClusterRoleBinding", "{kind: ClusterRole, name: cluster-admin}", USER),
        binding("RoleBinding", "{kind: ClusterRole, name: 'system:auth-delegator'}", USER),
        virtual_service("example.com"),
        virtual_service("'*.example.com'"),
        virtual_service("istiod.istio-system.svc.cluster.local"),
        named(
            "AuthorizationPolicy",
            "security.istio.io/v1",
            "spec: {rules: [{from: [{source: "
            "{principals: ['*', '*/sa/x', a/ns/istio-system/sa/x, a/b], "
            "namespaces: ['*', istio-system]}}]}]}",
        ),
        named(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            "spec: {egress: [{to: [{namespaceSelector: {matchLabels: "
            "{kubernetes.io/metadata.name: kube-system}}}, {namespaceSelector: {}}]}]}",
        ),
        named(
            "Sidecar",
            "networking.istio.io/v1",
            "spec: {egress: [{hosts: [./*, '*/web', ~/*, istio-system/*]}]}",
        ),
    ],
)
def test_what_others_make_is_not_missing(render: Render, places: Places, source: str) -> None:
    assert check(render(NAMESPACE, source), places).diagnostics == ()


def test_a_key_that_a_config_map_lacks_is_an_error(render: Render, places: Places) -> None:
    source = container("env: [{valueFrom: {configMapKeyRef: {name: web, key: z}}}]")

    (found,) = check(render(NAMESPACE, source, CONFIG_MAP), places).diagnostics

    assert found.code == "E421"
    assert "has no key 'z'" in found.message
    assert found.hint == "its keys are a"


def test_all_keys_of_a_config_map_are_shown_in_order(render: Render, places: Places) -> None:
    source = volume("configMap: {name: web, items: [{key: z, path: z}]}")
    target = named("ConfigMap", rest="data: {b: x, a: x}\nbinaryData: {c: eA==}")

    (found,) = check(render(NAMESPACE, source, target), places).diagnostics

    assert found.hint == "its keys are a, b, c"


def test_a_config_map_that_is_taken_whole_needs_no_key(render: Render, places: Places) -> None:
    source = container("envFrom: [{configMapRef: {name: web}}]")

    assert check(render(NAMESPACE, source, named("ConfigMap")), places).diagnostics == ()


def test_an_optional_key_may_be_missing(render: Render, places: Places) -> None:
    source = container("env: [{valueFrom: {configMapKeyRef: {name: web, key: z, optional: true}}}]")

    assert check(render(NAMESPACE, source, CONFIG_MAP), places).diagnostics == ()


def test_a_key_that_a_users_own_object_reads_is_a_warning(render: Render, places: Places) -> None:
    source = container("env: [{valueFrom: {configMapKeyRef: {name: web, key: z}}}]")
    extra = render(source, source="templates/extra-objects.yaml")

    (found,) = check((*render(NAMESPACE, CONFIG_MAP), *extra), places).diagnostics

    assert (found.code, found.severity) == ("W421", Severity.WARNING)


def test_an_object_in_a_namespace_that_nobody_makes_is_an_error(
    render: Render, places: Places
) -> None:
    (found,) = check(render(CONFIG_MAP), places).diagnostics

    assert found.code == "E420"
    assert "Namespace kubeflow" in found.message


def test_a_missing_secret_is_required_and_no_error(render: Render, places: Places) -> None:
    source = container("env: [{valueFrom: {secretKeyRef: {name: login, key: password}}}]")

    found = check(render(NAMESPACE, source), places)

    assert not found.diagnostics
    assert [reference.target.name for reference in found.secrets] == ["login"]
    assert found.secrets[0].keys == ("password",)


@pytest.mark.parametrize(
    "source",
    [
        container("env: [{valueFrom: {secretKeyRef: {name: login, key: a, optional: true}}}]"),
        volume("secret: {secretName: login, optional: true}"),
    ],
)
def test_an_optional_secret_is_not_required(render: Render, places: Places, source: str) -> None:
    assert check(render(NAMESPACE, source), places).secrets == ()


def test_a_secret_that_cert_manager_issues_is_not_required(render: Render, places: Places) -> None:
    certificate = named(
        "Certificate",
        "cert-manager.io/v1",
        "spec: {secretName: serving, issuerRef: {kind: ClusterIssuer, name: x}}",
    )

    found = check(render(NAMESPACE, certificate, volume("secret: {secretName: serving}")), places)

    assert (found.diagnostics, found.secrets) == ((), ())


def test_a_mounted_certificate_is_a_secret_of_that_type(render: Render, places: Places) -> None:
    items = "items: [{key: tls.crt, path: a}, {key: tls.key, path: b}]"

    (certificate,) = check(
        render(NAMESPACE, volume(f"secret: {{secretName: s, {items}}}")), places
    ).secrets
    (other,) = check(render(NAMESPACE, volume("secret: {secretName: s}")), places).secrets

    assert (certificate.secret_type, other.secret_type) == ("kubernetes.io/tls", "")


def test_a_gateway_without_namespace_is_beside_the_route(render: Render, places: Places) -> None:
    route = named("VirtualService", "networking.istio.io/v1", "spec: {gateways: [web]}")

    assert (
        check(
            render(NAMESPACE, route, named("Gateway", "networking.istio.io/v1")), places
        ).diagnostics
        == ()
    )


def test_a_service_account_of_a_binding_needs_its_namespace(render: Render, places: Places) -> None:
    source = binding(
        "RoleBinding", "{kind: ClusterRole, name: view}", "{kind: ServiceAccount, name: web}"
    )

    (found,) = check(render(NAMESPACE, source, ACCOUNT), places).diagnostics

    assert (found.code, found.hint) == ("E420", "write its namespace and name")


def test_promises_are_sorted(render: Render, places: Places) -> None:
    targets = [Identity("", "ServiceAccount", "kubeflow", name) for name in ("b", "a")]
    around = Surroundings(promised=tuple((target, ("x", target.name)) for target in targets))
    pods = [named("Pod", rest=f"spec: {{serviceAccountName: {name}}}", name=name) for name in "ba"]

    found = references.check(render(NAMESPACE, *pods), around, places)

    assert [target.name for target, _ in found.promised] == ["a", "b"]


def test_the_gateways_certificate_is_required_beside_its_pods(
    render: Render, places: Places
) -> None:
    gateway = named(
        "Gateway", "networking.istio.io/v1", "spec: {servers: [{tls: {credentialName: tls}}]}"
    )

    (secret,) = check(render(NAMESPACE, gateway), places).secrets

    assert secret.target == Identity("", "Secret", "istio-system", "tls")
    assert secret.secret_type == "kubernetes.io/tls"  # noqa: S105


@pytest.mark.parametrize(
    "source",
    [
        pod("{imagePullSecrets: [{name: login}]}"),
        named("ServiceAccount", rest="imagePullSecrets: [{name: login}]"),
    ],
)
def test_a_registry_login_is_required(render: Render, places: Places, source: str) -> None:
    (secret,) = check(render(NAMESPACE, source), places).secrets

    assert secret.secret_type == "kubernetes.io/dockerconfigjson"  # noqa: S105


def test_a_users_own_object_may_refer_to_what_is_in_the_cluster(
    render: Render, places: Places
) -> None:
    extra = render(pod("{serviceAccountName: mine}"), source="templates/extra-objects.yaml")

    (found,) = check((*render(NAMESPACE), *extra), places).diagnostics

    assert (found.code, found.severity) == ("W420", Severity.WARNING)


def test_what_the_site_promises_is_listed_and_no_error(render: Render, places: Places) -> None:
    target = Identity("", "ServiceAccount", "kubeflow", "mine")
    where = ("components", "web", "serviceAccount", "name")
    around = Surroundings(promised=((target, where),))

    found = references.check(render(NAMESPACE, pod("{serviceAccountName: mine}")), around, places)

    assert found.diagnostics == ()
    assert found.promised == ((target, where),)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("web", "kubeflow/web"),
        ("web.other", "other/web"),
        ("web.other.svc", "other/web"),
        ("web.other.svc.corp.example", "other/web"),
        ("web.other.svc.cluster.local", None),
        ("notebooks.example.com", None),
        ("*", None),
        ("", None),
    ],
)
def test_hosts_of_services_are_told_from_others(host: str, expected: str | None) -> None:
    found = service_of(host, "kubeflow", "corp.example")

    assert (f"{found.namespace}/{found.name}" if found else None) == expected


TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: jupyter-web-app-notebook-template, namespace: kubeflow}
data:
  notebook_template.yaml: |
    kind: Notebook
    spec: {template: {spec: {imagePullSecrets: [{name: login}]}}}
"""
TEAM = "{apiVersion: kubeflow.org/v1, kind: Profile, metadata: {name: team}}"


def test_a_notebook_of_the_form_needs_its_registry_login_in_its_tenants_namespace(
    render: Render, places: Places
) -> None:
    (needed,) = check(render(NAMESPACE, TEMPLATE, TEAM), places).secrets

    assert needed.target == Identity("", "Secret", "team", "login")
    assert needed.secret_type == "kubernetes.io/dockerconfigjson"  # noqa: S105
    assert check(render(NAMESPACE, TEMPLATE), places).secrets == ()


def test_a_login_that_is_rendered_need_not_be_made(render: Render, places: Places) -> None:
    login = (
        "{apiVersion: v1, kind: Secret, metadata: {name: login, namespace: team}, "
        "data: {.dockerconfigjson: e30=}}"
    )

    assert check(render(NAMESPACE, TEMPLATE, TEAM, login), places).secrets == ()


def test_a_secret_is_the_sites_where_its_values_name_it(
    render: Render, places: Places, site_with: Callable[[str], Resolved]
) -> None:
    source = container("env: [{valueFrom: {secretKeyRef: {name: login, key: password}}}]")
    values = (
        "namespaces: {kubeflow: {name: kubeflow}}\n"
        "components: {web: {extraEnv: {A: {secretKeyRef: {name: login, key: password}}}}}\n"
    )
    named_by_site = Surroundings.of(site_with(values))

    def by_site(objects: tuple[RenderedObject, ...], around: Surroundings) -> list[bool]:
        return [each.by_site for each in references.check(objects, around, places).secrets]

    assert by_site(render(source), Surroundings()) == [False]
    assert by_site(render(source), named_by_site) == [True]
    assert by_site(render(source, source="templates/extra-objects.yaml"), Surroundings()) == [True]
