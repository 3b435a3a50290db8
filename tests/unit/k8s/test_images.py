"""Every image is found, wherever its reference is written, and nothing else is."""

from collections.abc import Callable

import pytest

from carrel.k8s.images import catalogue_images, image_references, images
from carrel.k8s.objects import RenderedObject

Render = Callable[..., tuple[RenderedObject, ...]]

DIGEST = "sha256:" + "0123456789abcdef" * 4


def found(render: Render, body: str, kind: str = "ConfigMap") -> list[str]:
    objects = render(f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\n{body}")
    return [use.reference for use in images(image_references(objects))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Containers of every kind, with or without registry, tag and digest
        ("spec: {containers: [{image: nginx}]}", "nginx"),
        ("spec: {initContainers: [{image: 'ghcr.io/a/b:v1'}]}", "ghcr.io/a/b:v1"),
        ("spec: {containers: [{image: 'localhost:5000/a:1'}]}", "localhost:5000/a:1"),
        (f"spec: {{containers: [{{image: 'ghcr.io/a/b@{DIGEST}'}}]}}", f"ghcr.io/a/b@{DIGEST}"),
        (f"spec: {{a: {{image: 'ghcr.io/a:1@{DIGEST}'}}}}", f"ghcr.io/a:1@{DIGEST}"),
        ("spec: {volumes: [{image: {reference: 'ghcr.io/a/data:1'}}]}", "ghcr.io/a/data:1"),
        # Environment
        (
            "env: [{name: VIEWER_IMAGE, value: 'filebrowser/filebrowser:v2'}]",
            "filebrowser/filebrowser:v2",
        ),
        ("env: [{name: ANY, value: 'ghcr.io/a/b:v1'}]", "ghcr.io/a/b:v1"),
        # Arguments
        ("args: ['--solver-image=quay.io/jetstack/solver:v1']", "quay.io/jetstack/solver:v1"),
        ("args: ['--solver-image=jetstack/solver:v1']", "jetstack/solver:v1"),
        ("args: ['--use', 'ghcr.io/a/b:v1']", "ghcr.io/a/b:v1"),
        # ConfigMaps
        ("data: {TENSORBOARD_IMAGE: 'tensorflow/tensorflow:2.5.1'}", "tensorflow/tensorflow:2.5.1"),
        ('data: {a.yaml: "image:\\n  options: [ghcr.io/a/b:v1]\\n"}', "ghcr.io/a/b:v1"),
        ('data: {a.json: \'{"image": {"value": "a/b:v1"}}\'}', "a/b:v1"),
        ('data: {a.yaml: "x:\\n  y: ghcr.io/a/b:v1\\n"}', "ghcr.io/a/b:v1"),
        ('data: {t: "{{ if x }}\\nimage: ghcr.io/a/b:v1\\n{{ end }}\\n"}', "ghcr.io/a/b:v1"),
        # A document inside a document
        ('data: {a.yaml: "b: |\\n  image: ghcr.io/a/b:v1\\n  c: d\\n"}', "ghcr.io/a/b:v1"),
        # Annotations
        ("x: {sidecar.istio.io/proxyImage: 'ghcr.io/a/proxy:1'}", "ghcr.io/a/proxy:1"),
        # With a scheme
        ("x: 'docker://ghcr.io/a/b:v1'", "ghcr.io/a/b:v1"),
    ],
)
def test_an_image_is_found(render: Render, body: str, expected: str) -> None:
    assert found(render, body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "data: {url: 'https://example.com/path:8080'}",
        "data: {url: 'http://dex.auth.svc.cluster.local:5556/dex'}",
        "data: {principal: 'cluster.local/ns/istio-system/sa/gateway'}",
        "spec: {imagePullPolicy: IfNotPresent, imagePullSecrets: [{name: login}]}",
        'data: {a.yaml: "imagePullPolicy:\\n  value: Always\\n"}',
        "data: {allowCustomImage: 'true'}",
        "data: {host: 'notebooks.example.com:443'}",
        "data: {time: '12:30'}",
        "args: ['--image-mode=fast', '--image-pull-policy=Always']",
        "data: {IMAGE_NOTE: 'about a/b: and c'}",
        "data: {note: 'image: a/b:v1 is old'}",
        "spec: {image: 'not one'}",
        "data: {IMAGE: 'not one, surely'}",
        'data: {t: "{{ if x }}\\nmode: a/b:c\\n{{ end }}\\n"}',
        "data: {key: 'a/b:c'}",
        "data: {svg: \"<svg xmlns='http://www.w3.org/2000/svg'>\\n<path d='M1.2/3:4'/></svg>\\n\"}",
        "x: {description: 'ghcr.io/a/b:v1 is an image'}",
        "data: {mail: 'ada@example.com/desk:1'}",
    ],
)
def test_what_is_no_image_is_not_found(render: Render, body: str) -> None:
    assert found(render, body) == []


def test_images_are_sorted(render: Render) -> None:
    body = "spec: {a: {image: c}, b: {image: a}, c: [{image: d}, {image: b}]}"

    assert found(render, body) == ["a", "b", "c", "d"]


def test_each_use_says_where_it_is(render: Render) -> None:
    objects = render(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\n"
        "spec: {containers: [{image: 'x:1'}, {image: 'x:1'}]}"
    )

    assert [(use.reference, use.used_by) for use in images(image_references(objects))] == [
        ("x:1", "Pod b/a spec.containers[0].image"),
        ("x:1", "Pod b/a spec.containers[1].image"),
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "ghcr.io:443/a/b:v1"),
        ({"registry": "", "layout": "path"}, "ghcr.io:443/a/b:v1"),
        (
            {"registry": "reg.example.com/x", "layout": "hostPrefixed"},
            "reg.example.com/x/ghcr.io_443/a/b:v1",
        ),
        ({"registry": "reg.example.com/x", "layout": "path"}, "reg.example.com/x/a/b:v1"),
    ],
)
def test_a_hidden_notebook_image_is_listed(settings: dict[str, str], expected: str) -> None:
    image = {"registry": "ghcr.io:443", "repository": "a/b", "tag": "v1", "digest": ""}
    values = {
        "images": settings,
        "notebooks": {
            "images": {
                "kept": {"state": "hidden", "image": image},
                "gone": {"state": "off", "image": {**image, "tag": "v2"}},
                "offered": {"state": "offered", "image": {**image, "tag": "v3"}},
            }
        },
    }

    assert [use.reference for use in catalogue_images(values)] == [expected]
