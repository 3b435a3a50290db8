"""Objects as Helm would render them, from YAML."""

from collections.abc import Callable

import pytest

from carrel.k8s import objects
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.layers import Layer, Resolved, resolve
from carrel.yamlio.reader import read_values

Render = Callable[..., tuple[RenderedObject, ...]]


@pytest.fixture
def render() -> Render:
    """The objects in YAML documents that templates of the platform release rendered."""

    def render(
        *documents: str, source: str = "templates/app/all.yaml", release: str = "carrel"
    ) -> tuple[RenderedObject, ...]:
        output = "".join(f"---\n# Source: carrel/{source}\n{document}\n" for document in documents)
        found, diagnostics = objects.read(output, release)
        assert not diagnostics
        return found

    return render


@pytest.fixture
def resolved() -> Resolved:
    """The values of a site that sets none."""
    return resolve({}, ())


@pytest.fixture
def places(resolved: Resolved) -> Places:
    """Positions in a site that sets no values."""
    return Places.of(resolved)


@pytest.fixture
def site_with() -> Callable[[str], Resolved]:
    """The values of a site whose `site.yaml` is the text."""

    def site_with(text: str) -> Resolved:
        document, _ = read_values(text.encode(), "site.yaml")
        assert document is not None
        layer = Layer("site", "site.yaml", document.values, document.keys, document.spans)
        return resolve({}, [layer])

    return site_with
