"""The storage class of homes, and whoever makes its volumes."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from carrel.cluster.observation import CSI_DRIVERS, CSI_NODES, PODS, STORAGE_CLASSES, Observation
from carrel.cluster.pods import is_ready, mentions
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import Fields, descend, labels, mappings, text
from carrel.schema.hints import listed

_DEFAULT = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_BY_HAND = "kubernetes.io/no-provisioner"
_WHERE: Path = ("notebooks", "home", "storageClass")

_MIGRATED: Mapping[str, str] = MappingProxyType(
    {
        "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
        "kubernetes.io/azure-disk": "disk.csi.azure.com",
        "kubernetes.io/azure-file": "file.csi.azure.com",
        "kubernetes.io/cinder": "cinder.csi.openstack.org",
        "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
        "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
    }
)
"""Provisioners of former days → the driver that Kubernetes hands their volumes to
(k8s.io/csi-translation-lib)."""


def check(seen: Observation, site: RenderedSite) -> Iterator[Diagnostic]:
    """A new notebook gets its home."""
    home = site["notebooks"]["home"]
    if not home["enabled"] or STORAGE_CLASSES not in seen.lists:
        return
    classes = seen.named(STORAGE_CLASSES)
    name = home["storageClass"] or _default(classes)
    if name not in classes:
        known = f"only {listed(sorted(classes), 'and')}" if classes else "nor any other"
        message = f"there is no StorageClass {name}, {known}" if name else "no class is the default"
        hint = "make it, or name another one in notebooks.home.storageClass"
        yield site.error("E506", message, hint, _WHERE)
        return
    provisioner = text(classes[name].get("provisioner"))
    if provisioner == _BY_HAND:
        yield site.warning(
            "W507",
            f"StorageClass {name} has no provisioner: a home waits until somebody makes its volume",
            "name a class that has one in notebooks.home.storageClass",
            _WHERE,
        )
        return
    yield from _driver(seen, site, name, provisioner)


def _default(classes: Mapping[str, Fields]) -> str:
    """The newest default class, of equally new ones the first by name; "" without one.

    As Kubernetes chooses it (pkg/volume/util/storageclass.go).
    """
    marked: dict[str, str] = {}
    for name, body in sorted(classes.items()):
        said = labels(descend(body, "metadata", "annotations"))
        if any(said.get(each) == "true" for each in _DEFAULT):
            marked[name] = text(descend(body, "metadata").get("creationTimestamp"))
    return max(marked, key=lambda name: marked[name], default="")


def _driver(
    seen: Observation, site: RenderedSite, name: str, provisioner: str
) -> Iterator[Diagnostic]:
    driver = _MIGRATED.get(provisioner, provisioner)
    is_csi = driver != provisioner or ".csi." in driver or driver.startswith("csi.")
    known = driver in seen.named(CSI_DRIVERS)
    if is_csi and not known and CSI_DRIVERS in seen.lists:
        yield site.error(
            "E507",
            f"StorageClass {name} is for the CSI driver {driver}, which is not installed",
            "install the driver, or name another class in notebooks.home.storageClass",
            _WHERE,
        )
        return
    if known and CSI_NODES in seen.lists and not _is_on_a_node(seen, driver):
        yield site.error(
            "E507",
            f"StorageClass {name} is for the CSI driver {driver}, which runs on no node",
            "look at the pods of the driver",
            _WHERE,
        )
        return
    if PODS in seen.lists:
        yield from _pods(seen, site, name, driver)


def _is_on_a_node(seen: Observation, driver: str) -> bool:
    return any(
        each.get("name") == driver
        for node in seen.lists[CSI_NODES]
        for _, each in mappings(descend(node, "spec").get("drivers"))
    )


def _pods(seen: Observation, site: RenderedSite, name: str, driver: str) -> Iterator[Diagnostic]:
    """What is said of pods that have to do with the driver, as far as they can be told."""
    last = driver.rpartition("/")[2]
    pods = [each for each in seen.lists[PODS] if mentions(each, driver, last)]
    if not pods:
        yield site.warning(
            "W508",
            f"no pod mentions {driver}, which provisions StorageClass {name}",
            "see that something makes its volumes",
            _WHERE,
        )
    elif not any(map(is_ready, pods)):
        metadata = descend(pods[0], "metadata")
        place = f"{metadata.get('namespace')}/{metadata.get('name')}"
        yield site.error(
            "E508",
            f"no pod of {driver}, which provisions StorageClass {name}, is ready, such as {place}",
            "look at their events",
            _WHERE,
        )
