"""What pods need: service accounts, ConfigMaps, Secrets, claims, priority classes."""

from collections.abc import Iterator

from carrel.diagnostics import Path
from carrel.k8s.fields import Fields, descend, mapping, mappings, text
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.reference import REGISTRY_LOGIN, TLS, Reference
from carrel.k8s.workloads import pod_template

_CONFIG_MAP, _SECRET = "ConfigMap", "Secret"


def references_of_pods(rendered: RenderedObject) -> Iterator[Reference]:
    """What the pods of an object refer to; for a PodDefault, what it adds to others' pods."""
    template = pod_template(rendered)
    if template is not None:
        here: Path = (*template.where, "spec")
        yield from _of_pod(rendered, here, template.spec)
        for where, container in template.containers():
            yield from _of_container(rendered, where, container)
    elif (rendered.group, rendered.kind) == ("kubeflow.org", "PodDefault"):
        spec = descend(rendered.body, "spec")
        yield from _of_pod(rendered, ("spec",), spec)
        yield from _of_container(rendered, ("spec",), spec)


def _of_pod(rendered: RenderedObject, here: Path, spec: Fields) -> Iterator[Reference]:
    account = text(spec.get("serviceAccountName"))
    if account:
        target = Identity("", "ServiceAccount", rendered.namespace, account)
        yield Reference(rendered, (*here, "serviceAccountName"), target)
    priority = text(spec.get("priorityClassName"))
    if priority:
        target = Identity("scheduling.k8s.io", "PriorityClass", "", priority)
        yield Reference(rendered, (*here, "priorityClassName"), target)
    yield from pull_secrets(rendered, here, spec)
    for position, volume in mappings(spec.get("volumes")):
        yield from _of_volume(rendered, (*here, "volumes", position), volume)


def pull_secrets(rendered: RenderedObject, here: Path, holder: Fields) -> Iterator[Reference]:
    """The Secrets in `imagePullSecrets` of a pod or a service account."""
    for position, secret in mappings(holder.get("imagePullSecrets")):
        name = text(secret.get("name"))
        if name:
            yield Reference(
                rendered,
                (*here, "imagePullSecrets", position, "name"),
                Identity("", _SECRET, rendered.namespace, name),
                (".dockerconfigjson",),
                secret_type=REGISTRY_LOGIN,
            )


def _of_volume(rendered: RenderedObject, here: Path, volume: Fields) -> Iterator[Reference]:
    yield from _of_source(rendered, here, volume, _CONFIG_MAP, "configMap", "name")
    yield from _of_source(rendered, here, volume, _SECRET, "secret", "secretName")
    claim = text(descend(volume, "persistentVolumeClaim").get("claimName"))
    if claim:
        where: Path = (*here, "persistentVolumeClaim", "claimName")
        target = Identity("", "PersistentVolumeClaim", rendered.namespace, claim)
        yield Reference(rendered, where, target)
    for position, source in mappings(descend(volume, "projected").get("sources")):
        at: Path = (*here, "projected", "sources", position)
        yield from _of_source(rendered, at, source, _CONFIG_MAP, "configMap", "name")
        yield from _of_source(rendered, at, source, _SECRET, "secret", "name")


def _of_source(
    rendered: RenderedObject, here: Path, holder: Fields, kind: str, field: str, name_field: str
) -> Iterator[Reference]:
    source = mapping(holder.get(field))
    name = text(source.get(name_field))
    if name:
        items = (text(item.get("key")) for _, item in mappings(source.get("items")))
        yield _keyed(
            rendered, (*here, field, name_field), kind, name, tuple(filter(None, items)), source
        )


def _of_container(rendered: RenderedObject, here: Path, container: Fields) -> Iterator[Reference]:
    for position, variable in mappings(container.get("env")):
        value = mapping(variable.get("valueFrom"))
        at: Path = (*here, "env", position, "valueFrom")
        for kind, field in ((_CONFIG_MAP, "configMapKeyRef"), (_SECRET, "secretKeyRef")):
            source = mapping(value.get(field))
            name, key = text(source.get("name")), text(source.get("key"))
            if name:
                yield _keyed(rendered, (*at, field), kind, name, (key,) if key else (), source)
    for position, group in mappings(container.get("envFrom")):
        for kind, field in ((_CONFIG_MAP, "configMapRef"), (_SECRET, "secretRef")):
            source = mapping(group.get(field))
            name = text(source.get("name"))
            if name:
                where = (*here, "envFrom", position, field, "name")
                yield _keyed(rendered, where, kind, name, (), source)


def _keyed(
    rendered: RenderedObject,
    where: Path,
    kind: str,
    name: str,
    keys: tuple[str, ...],
    source: Fields,
) -> Reference:
    is_certificate = kind == _SECRET and {"tls.crt", "tls.key"} <= set(keys)
    return Reference(
        rendered,
        where,
        Identity("", kind, rendered.namespace, name),
        keys,
        optional=source.get("optional") is True,
        secret_type=TLS if is_certificate else "",
    )
