"""A plan grants GPUs by names that some image of the catalogue can use."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.layers import Layer, resolve
from carrel.rules.check import check
from carrel.schema.bundle import Schema, load
from carrel.yamlio.reader import read_values


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator" / "schema")


def said(schema: Schema, gpus: dict[str, int], **images: Any) -> list[str]:
    """What is warned of when a plan grants these resources."""
    values = {"plans": {"standard": {"quota": {"gpus": gpus}}}, "notebooks": {"images": images}}
    document, _ = read_values(json.dumps(values).encode(), "site.yaml")
    assert document is not None
    layer = Layer("site", "site.yaml", document.values, document.keys, document.spans)
    found = check(resolve(schema.defaults(), [layer]))
    return [each.message for each in found if each.code == "W250"]


@pytest.mark.parametrize(
    "resource",
    [
        "nvidia.com/gpu",
        "nvidia.com/gpu.shared",
        "nvidia.com/mig-1g.10gb",
        "nvidia.com/mig-1g.5gb.me",
        "nvidia.com/mig-1g.24gb-me",
        "nvidia.com/mig-3g.40gb.shared",
    ],
)
def test_what_device_plugins_call_a_card_or_a_slice_of_one_is_known(
    schema: Schema, resource: str
) -> None:
    assert said(schema, {resource: 1}) == []


@pytest.mark.parametrize(
    "resource", ["nvidia.com/gpus", "nvidia.com/mig-1g", "nvidia.com/MIG-1g.5gb", "amd.com/gpu"]
)
def test_what_no_image_uses_is_warned_of_unless_it_is_forbidden(
    schema: Schema, resource: str
) -> None:
    (message,) = said(schema, {resource: 2})
    assert message.startswith(f"no image in notebooks.images uses {resource}")
    assert message.endswith("theirs are nvidia.com/gpu")
    assert said(schema, {resource: 0}) == []


def test_images_that_are_off_use_none(schema: Schema) -> None:
    rocm = {
        "type": "jupyter",
        "image": {"registry": "r.example", "repository": "r", "tag": "1"},
        "gpu": "amd",
    }
    assert said(schema, {"amd.com/gpu": 1}, rocm=rocm | {"state": "hidden"}) == []
    assert len(said(schema, {"amd.com/gpu": 1}, rocm=rocm | {"state": "off"})) == 1


def test_a_catalogue_without_gpus_is_said_to_have_none(schema: Schema) -> None:
    gone = {"jupyter-pytorch-cuda": {"state": "off"}, "jupyter-tensorflow-cuda": {"state": "off"}}
    (message,) = said(schema, {"nvidia.com/gpu": 1}, **gone)
    assert message.endswith("set the gpu of one that does")
