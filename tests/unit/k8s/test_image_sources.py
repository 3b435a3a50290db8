"""Every image comes through the helper, out of the site's registry and by its digest."""

from collections.abc import Callable

import pytest

from carrel.k8s import image_sources
from carrel.k8s.images import image_references
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.layers import Resolved

Render = Callable[..., tuple[RenderedObject, ...]]
SiteWith = Callable[[str], Resolved]

DIGEST = "@sha256:" + "0123456789abcdef" * 4
VALUES = """\
images: {registry: %s, layout: hostPrefixed, requireDigest: %s}
components:
  web:
    image: {registry: ghcr.io, repository: kubeflow/web, tag: v1}
    extraEnv: {HELPER_IMAGE: "quay.io/team/helper:2"}
tenants: {fx: {labels: {note: "quay.io/team/note:3"}}}
notebooks:
  images:
    scipy: {image: {registry: docker.io, repository: team/scipy, tag: v1}}
"""
OWN = "registry.example.com/mirror"


def pod(image: str) -> str:
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: kubeflow}\n"
        f"spec: {{containers: [{{name: web, image: '{image}'}}]}}"
    )


def settings(image: str) -> str:
    return (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: form, namespace: kubeflow}\n"
        f"data: {{form.yaml: \"image:\\n  options: ['{image}']\\n\"}}"
    )


def findings(
    render: Render,
    site_with: SiteWith,
    document: str,
    *,
    registry: str = OWN,
    demanded: str = "false",
    extra: bool = False,
) -> list[str]:
    source = "templates/extra-objects.yaml" if extra else "templates/web/pod.yaml"
    places = Places.of(site_with(VALUES % (registry or '""', demanded)))
    found = image_sources.check(image_references(render(document, source=source)), places)
    return [f"{each.code} {each.path}".strip() for each in found]


@pytest.mark.parametrize(
    ("registry", "image"),
    [
        (OWN, f"{OWN}/ghcr.io/kubeflow/web:v1"),
        ("", "ghcr.io/kubeflow/web:v1"),
        (OWN, f"{OWN}/docker.io/team/scipy:v1"),
    ],
)
@pytest.mark.parametrize("holder", [pod, settings])
def test_what_the_helper_writes_passes(
    render: Render,
    site_with: SiteWith,
    registry: str,
    image: str,
    holder: Callable[[str], str],
) -> None:
    assert findings(render, site_with, holder(image), registry=registry) == []


@pytest.mark.parametrize("registry", [OWN, ""])
@pytest.mark.parametrize("image", ["ghcr.io/kubeflow/other:v1", f"{OWN}/ghcr.io/a/other:v1"])
@pytest.mark.parametrize("holder", [pod, settings])
def test_an_image_that_a_template_names_by_itself_is_an_error(
    render: Render,
    site_with: SiteWith,
    registry: str,
    image: str,
    holder: Callable[[str], str],
) -> None:
    assert findings(render, site_with, holder(image), registry=registry) == ["E441"]


def test_an_image_is_not_in_a_registry_whose_name_only_begins_so(
    render: Render, site_with: SiteWith
) -> None:
    document = pod(f"{OWN}-other/web:v1")

    assert findings(render, site_with, document, extra=True) == ["W441"]


def test_a_sites_own_object_is_warned_of_another_registry(
    render: Render, site_with: SiteWith
) -> None:
    foreign, mirrored = pod("quay.io/team/tool:1"), pod(f"{OWN}/tool:1")

    assert findings(render, site_with, foreign, extra=True) == ["W441"]
    assert findings(render, site_with, mirrored, extra=True) == []
    assert findings(render, site_with, foreign, extra=True, registry="") == []


def test_an_image_in_a_text_of_the_values_is_found_there(
    render: Render, site_with: SiteWith
) -> None:
    where = "components.web.extraEnv.HELPER_IMAGE"
    document = pod("quay.io/team/helper:2")

    assert findings(render, site_with, document) == [f"W441 {where}"]
    assert findings(render, site_with, document, registry="") == []
    assert findings(render, site_with, pod("quay.io/team/note:3")) == [
        "W441 tenants.fx.labels.note"
    ]
    assert findings(render, site_with, document, demanded="true") == [
        f"W441 {where}",
        f"E442 {where}",
    ]
    assert findings(
        render, site_with, settings("quay.io/team/helper:2"), demanded="true", registry=""
    ) == [f"E442 {where}"]


def test_a_demand_for_digests_holds_for_a_sites_own_objects(
    render: Render, site_with: SiteWith
) -> None:
    def found(document: str) -> list[str]:
        return findings(render, site_with, document, demanded="true", registry="", extra=True)

    assert found(pod("quay.io/team/tool:1")) == ["E442"]
    assert found(pod(f"quay.io/team/tool:1{DIGEST}")) == []
    # Whether something pulls what a text mentions, nobody can say.
    assert found(settings("quay.io/team/tool:1")) == ["W442"]
