"""No object is larger than the API server stores."""

from collections.abc import Callable

import pytest

from carrel.k8s import sizes
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]

QUARTER, WHOLE = 256 * 1024, 1024 * 1024


def config_map(rest: str, annotations: str = "{}") -> str:
    return (
        "apiVersion: v1\nkind: ConfigMap\n"
        f"metadata: {{name: web, namespace: kubeflow, annotations: {annotations}}}\n{rest}"
    )


@pytest.mark.parametrize(
    ("fits", "exceeds", "where"),
    [
        (
            config_map("", f"{{ab: {'x' * (QUARTER - 2)}}}"),
            config_map("", f"{{ab: {'x' * (QUARTER - 1)}}}"),
            "metadata.annotations",
        ),
        (
            config_map(f"data: {{a: {'x' * 10}, b: {'x' * (WHOLE - 10)}}}"),
            config_map(f"data: {{a: {'x' * 11}, b: {'x' * (WHOLE - 10)}}}"),
            "data",
        ),
        # Bytes count, and not characters.
        (
            config_map(f"data: {{a: {'é' * (WHOLE // 2)}}}"),
            config_map(f"data: {{a: {'é' * (WHOLE // 2)}x}}"),
            "data",
        ),
        # What is encoded is stored decoded: 4 characters for 3 bytes.
        (
            config_map(f"binaryData: {{a: '{'AAAA' * (WHOLE // 3)}AA=='}}"),
            config_map(f"binaryData: {{a: '{'AAAA' * (WHOLE // 3)}AAA='}}"),
            "data",
        ),
    ],
    ids=["annotations", "data", "bytes", "binary data"],
)
def test_what_exceeds_a_limit_is_an_error(
    render: Render, places: Places, fits: str, exceeds: str, where: str
) -> None:
    assert not list(sizes.check(render(fits), places))
    (found,) = sizes.check(render(exceeds), places)
    assert found.code == "E417"
    assert f"ConfigMap kubeflow/web {where}: " in found.message
    assert "bytes are more than the " in found.message
