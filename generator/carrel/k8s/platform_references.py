"""References of Kubernetes' own kinds and cert-manager's."""

from collections.abc import Callable, Iterator

from carrel.diagnostics import Path
from carrel.k8s.fields import Fields, descend, mapping, mappings, text
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.pod_references import pull_secrets
from carrel.k8s.reference import TLS, Reference
from carrel.k8s.surroundings import Surroundings

_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_CERT_MANAGER = "cert-manager.io"
_NAMESPACE_NAME = "kubernetes.io/metadata.name"
_SERVICE_ACCOUNT = "system:serviceaccount:"
"""What the name begins with that the API server gives a service account."""


def _of_binding(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    role = mapping(rendered.body.get("roleRef"))
    kind, name = text(role.get("kind")), text(role.get("name"))
    if kind and name:
        namespace = rendered.namespace if kind == "Role" else ""
        yield Reference(rendered, ("roleRef", "name"), Identity(_RBAC, kind, namespace, name))
    for position, subject in mappings(rendered.body.get("subjects")):
        if subject.get("kind") == "ServiceAccount":
            account = text(subject.get("name"))
            namespace = text(subject.get("namespace"))
            target = Identity("", "ServiceAccount", namespace, account)
            yield Reference(
                rendered, ("subjects", position), target, hint="write its namespace and name"
            )
        elif text(subject.get("name")).startswith(_SERVICE_ACCOUNT):
            user = text(subject.get("name")).removeprefix(_SERVICE_ACCOUNT)
            namespace, account = user.partition(":")[::2]
            target = Identity("", "ServiceAccount", namespace, account)
            yield Reference(rendered, ("subjects", position, "name"), target)


def _of_service_account(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    yield from pull_secrets(rendered, (), rendered.body)


def _of_webhooks(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    for position, webhook in mappings(rendered.body.get("webhooks")):
        service = descend(webhook, "clientConfig", "service")
        if service:
            where: Path = ("webhooks", position, "clientConfig", "service", "name")
            target = Identity(
                "", "Service", text(service.get("namespace")), text(service.get("name"))
            )
            yield Reference(rendered, where, target)
    annotation = "cert-manager.io/inject-ca-from"
    annotations = descend(rendered.body, "metadata", "annotations")
    namespace, name = text(annotations.get(annotation)).partition("/")[::2]
    if name:
        where = ("metadata", "annotations", annotation)
        yield Reference(rendered, where, Identity(_CERT_MANAGER, "Certificate", namespace, name))


def _of_policy_binding(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    name = text(descend(rendered.body, "spec").get("policyName"))
    kind = rendered.kind.removesuffix("Binding")
    yield Reference(rendered, ("spec", "policyName"), Identity(_ADMISSION, kind, "", name))


def _of_stateful_set(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    name = text(descend(rendered.body, "spec").get("serviceName"))
    if name:
        target = Identity("", "Service", rendered.namespace, name)
        yield Reference(rendered, ("spec", "serviceName"), target)


def _of_autoscaler(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    target = descend(rendered.body, "spec", "scaleTargetRef")
    group = text(target.get("apiVersion")).rpartition("/")[0]
    identity = Identity(
        group, text(target.get("kind")), rendered.namespace, text(target.get("name"))
    )
    yield Reference(rendered, ("spec", "scaleTargetRef", "name"), identity)


def _of_ingress(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    spec = descend(rendered.body, "spec")
    yield from _of_backend(rendered, ("spec", "defaultBackend"), descend(spec, "defaultBackend"))
    for position, rule in mappings(spec.get("rules")):
        for number, path in mappings(descend(rule, "http").get("paths")):
            where: Path = ("spec", "rules", position, "http", "paths", number, "backend")
            yield from _of_backend(rendered, where, mapping(path.get("backend")))
    for position, tls in mappings(spec.get("tls")):
        name = text(tls.get("secretName"))
        if name:
            where = ("spec", "tls", position, "secretName")
            target = Identity("", "Secret", rendered.namespace, name)
            yield Reference(rendered, where, target, ("tls.crt", "tls.key"), secret_type=TLS)


def _of_backend(rendered: RenderedObject, here: Path, backend: Fields) -> Iterator[Reference]:
    name = text(descend(backend, "service").get("name"))
    if name:
        target = Identity("", "Service", rendered.namespace, name)
        yield Reference(rendered, (*here, "service", "name"), target)


def _of_network_policy(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    spec = descend(rendered.body, "spec")
    for field, side in (("ingress", "from"), ("egress", "to")):
        for position, rule in mappings(spec.get(field)):
            for number, peer in mappings(rule.get(side)):
                wanted = descend(peer, "namespaceSelector", "matchLabels")
                name = text(wanted.get(_NAMESPACE_NAME))
                if name:
                    where: Path = ("spec", field, position, side, number, "namespaceSelector")
                    yield Reference(rendered, where, Identity("", "Namespace", "", name))


def _of_certificate(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    issuer = descend(rendered.body, "spec", "issuerRef")
    kind = text(issuer.get("kind")) or "Issuer"
    # A ClusterIssuer belongs to whoever runs cert-manager.
    if kind == "Issuer" and issuer.get("group", _CERT_MANAGER) == _CERT_MANAGER:
        target = Identity(_CERT_MANAGER, kind, rendered.namespace, text(issuer.get("name")))
        yield Reference(rendered, ("spec", "issuerRef", "name"), target)


def _of_issuer(rendered: RenderedObject, _: Surroundings) -> Iterator[Reference]:
    name = text(descend(rendered.body, "spec", "ca").get("secretName"))
    if name:
        target = Identity("", "Secret", rendered.namespace, name)
        where = ("spec", "ca", "secretName")
        yield Reference(rendered, where, target, ("tls.crt", "tls.key"), secret_type=TLS)


PLATFORM_REFERENCES: dict[Kind, Callable[[RenderedObject, Surroundings], Iterator[Reference]]] = {
    ("", "ServiceAccount"): _of_service_account,
    (_ADMISSION, "MutatingWebhookConfiguration"): _of_webhooks,
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): _of_policy_binding,
    (_ADMISSION, "ValidatingWebhookConfiguration"): _of_webhooks,
    ("apps", "StatefulSet"): _of_stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): _of_autoscaler,
    (_CERT_MANAGER, "Certificate"): _of_certificate,
    (_CERT_MANAGER, "Issuer"): _of_issuer,
    ("networking.k8s.io", "Ingress"): _of_ingress,
    ("networking.k8s.io", "NetworkPolicy"): _of_network_policy,
    (_RBAC, "ClusterRoleBinding"): _of_binding,
    (_RBAC, "RoleBinding"): _of_binding,
}
"""Which function finds the references of which kind."""
