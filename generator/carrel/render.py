"""From a site to objects that have been checked."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path as FilePath

from carrel import upstream
from carrel.build.bundle import Contents, values_file
from carrel.diagnostics import Diagnostic, Path, has_errors, ordered
from carrel.errors import EnvironmentFault
from carrel.gitops.repository import Repository
from carrel.k8s import (
    definitions,
    identities,
    image_sources,
    labels,
    mesh_identities,
    names,
    objects,
    permissions,
    pod_security,
    pod_volumes,
    references,
    repeated_entries,
    routes,
    schema_library,
    selectors,
    sizes,
    webhooks,
)
from carrel.k8s.images import ImageUse, catalogue_images, image_references, images
from carrel.k8s.kubeconform_findings import findings
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.surroundings import Surroundings
from carrel.k8s.template_failure import explain
from carrel.prerequisites.preparation import preparation
from carrel.release import NAMESPACE, Release, releases
from carrel.secrets import RequiredSecret, required
from carrel.site import Site
from carrel.tools.helm import Helm, TemplateFailure
from carrel.tools.kubeconform import Kubeconform, Verdict
from carrel.tools.threads import Threads


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that rendering needs."""

    helm: Helm
    kubeconform: Kubeconform


@dataclass(frozen=True, slots=True)
class _Rendered:
    """What became of one release."""

    release: Release
    objects: tuple[RenderedObject, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Checked:
    """What our own checks say, and what the objects are made of."""

    diagnostics: tuple[Diagnostic, ...]
    secrets: tuple[RequiredSecret, ...]
    images: tuple[ImageUse, ...]
    expected: tuple[tuple[Identity, Path], ...]


class _Refused(Exception):
    """The values are wrong, so that nothing has to be rendered."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics


def render(
    site: Site, tools: Tools, check_values: Callable[[], tuple[Diagnostic, ...]]
) -> tuple[Contents | None, tuple[Diagnostic, ...]]:
    """Render all releases of a site and check what comes of them.

    Args:
        site: a site whose files could be read.
        tools: the programs to use.
        check_values: finds what is wrong with its values, while Helm is already at work. What Helm
            says of wrong values is not heard.

    Returns:
        The contents, or None when there are errors, and everything that was found.

    Raises:
        EnvironmentFault: a program could not run to its end.
    """
    try:
        of_values, rendered = _templates(site, tools.helm, check_values)
    except _Refused as refused:
        return None, refused.diagnostics
    found = [*of_values, *(diagnostic for each in rendered for diagnostic in each.diagnostics)]
    if has_errors(found):
        return None, ordered(found)
    every = tuple(each for result in rendered for each in result.objects)
    places = Places.of(site.resolved)
    verdicts, checked = _check(site, every, places, tools.kubeconform)
    served_kinds = partial(schema_library.served_kinds, site.root / "generator" / "catalogue")
    found += [*findings(every, verdicts, served_kinds, places), *checked.diagnostics]
    if has_errors(found):
        return None, ordered(found)
    releases_with_objects = tuple((result.release, result.objects) for result in rendered)
    ready = preparation(
        site.resolved.values, every, upstream.load(site.root / "generator" / "catalogue")
    )
    contents = Contents(
        site.name,
        releases_with_objects,
        (*checked.images, *ready.images()),
        checked.secrets,
        checked.expected,
        ready,
        Repository.of(site.resolved.values),
    )
    return contents, ordered(found)


def _templates(
    site: Site, helm: Helm, check_values: Callable[[], tuple[Diagnostic, ...]]
) -> tuple[tuple[Diagnostic, ...], list[_Rendered]]:
    """What the values' check found, and each release rendered and read.

    Raises:
        _Refused: the values are wrong.
    """
    with tempfile.TemporaryDirectory(prefix="carrel-") as folder, Threads() as threads:
        checking = threads.start(check_values)
        rendering = [
            threads.start(partial(_template, site, helm, release, FilePath(folder, release.file)))
            for release in releases(site.resolved)
        ]
        found = checking.result()
        if has_errors(found):
            raise _Refused(found)
        return found, [each.result() for each in rendering]


def _template(site: Site, helm: Helm, release: Release, values: FilePath) -> _Rendered:
    values.write_text(values_file(site.name, release), "utf-8")
    try:
        output = helm.template(
            site.root / objects.CHART_FOLDER,
            release=release.name,
            namespace=NAMESPACE,
            values=[values],
            kube_version=f"{site.kubernetes}.0",
        )
    except TemplateFailure as failure:
        return _Rendered(release, (), explain(failure.stderr, site.resolved))
    return _Rendered(release, *objects.read(output, release.name))


def _check(
    site: Site, every: Sequence[RenderedObject], places: Places, kubeconform: Kubeconform
) -> tuple[tuple[Verdict, ...], _Checked]:
    """The verdicts of kubeconform, and our own checks while it is at work."""
    with Threads() as threads:
        verdicts = threads.start(partial(_verdicts, site, every, kubeconform))
        checked = _own_checks(site, every, places)
        return verdicts.result(), checked


def _verdicts(
    site: Site, every: Sequence[RenderedObject], kubeconform: Kubeconform
) -> tuple[Verdict, ...]:
    documents = "".join(f"---\n{rendered.text}\n" for rendered in every).encode()
    catalogue = site.root / "generator" / "catalogue"
    try:
        location = schema_library.prepare(
            catalogue, site.kubernetes, site.root / ".tools" / "schemas"
        )
    except EnvironmentFault:
        # A project that cannot be written to: the schemas live as long as this run.
        with tempfile.TemporaryDirectory(prefix="carrel-schemas-") as folder:
            location = schema_library.prepare(catalogue, site.kubernetes, FilePath(folder))
            return _validate(site, documents, kubeconform, location)
    return _validate(site, documents, kubeconform, location)


def _validate(
    site: Site, documents: bytes, kubeconform: Kubeconform, location: str
) -> tuple[Verdict, ...]:
    return kubeconform.validate(
        documents,
        kubernetes_version=f"{site.kubernetes}.0",
        schema_location=location,
    )


def _own_checks(site: Site, every: Sequence[RenderedObject], places: Places) -> _Checked:
    surroundings = Surroundings.of(site.resolved)
    named_images = image_references(every)
    dangling = references.check(every, surroundings, places)
    found = (
        *identities.check(every, places),
        *definitions.check(every, places),
        *names.check(every, site.kubernetes, places),
        *labels.check(every, places),
        *sizes.check(every, places),
        *repeated_entries.check(every, places),
        *pod_volumes.check(every, places),
        *pod_security.check(every, places),
        *image_sources.check(named_images, places),
        *permissions.check(every, places),
        *mesh_identities.check(every, surroundings, places),
        *dangling.diagnostics,
        *selectors.check(every, surroundings, places),
        *routes.check(every, places),
        *webhooks.check(every, places),
    )
    return _Checked(
        found,
        required(dangling.secrets),
        (*images(named_images), *catalogue_images(site.resolved.values)),
        dangling.promised,
    )
