"""Which StorageClass a new home gets where the site names none."""

from collections.abc import Mapping

import pytest

from carrel.build.bundle import Contents
from carrel.cluster import storage
from carrel.cluster.observation import CSI_DRIVERS, STORAGE_CLASSES, Observation
from carrel.cluster.rendered_site import RenderedSite
from carrel.layers import resolve

OLD, NEW = "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"


def storage_class(name: str, created: str, default: str = "true") -> Mapping[str, object]:
    annotations = {"storageclass.kubernetes.io/is-default-class": default}
    metadata = {"name": name, "creationTimestamp": created, "annotations": annotations}
    return {"metadata": metadata, "provisioner": f"{name}.csi.example.com"}


@pytest.mark.parametrize(
    ("classes", "chosen"),
    [
        pytest.param([("b", OLD), ("a", OLD)], "a", id="of equally old ones the first by name"),
        pytest.param([("a", OLD), ("b", NEW)], "b", id="the newest"),
        pytest.param([("a", OLD), ("b", NEW, "false")], "a", id="the one that is marked"),
    ],
)
def test_the_default_class_is_the_one_that_kubernetes_takes(
    classes: list[tuple[str, ...]], chosen: str
) -> None:
    bodies = tuple(storage_class(*each) for each in classes)
    seen = Observation("1.36", {STORAGE_CLASSES: bodies, CSI_DRIVERS: ()})
    values: dict[str, object] = {"notebooks": {"home": {"enabled": True, "storageClass": ""}}}
    site = RenderedSite(resolve(values, []), Contents("probe", (), (), ()))

    (finding,) = storage.check(seen, site)

    assert finding.code == "E507"
    assert f"{chosen}.csi.example.com" in finding.message
