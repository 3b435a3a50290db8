"""What `dist/<site>/` holds, as a mapping of paths to contents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carrel.build import gitops_files, prerequisites_files
from carrel.build.kustomization import kustomization
from carrel.diagnostics import Path
from carrel.gitops.repository import Repository
from carrel.k8s import phases
from carrel.k8s.images import ImageUse
from carrel.k8s.objects import Identity, RenderedObject
from carrel.prerequisites.preparation import NOTHING, Preparation
from carrel.release import NAMESPACE, Release
from carrel.secrets import RequiredSecret, inventory
from carrel.yamlio import writer


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is known of a site once it is rendered and found right.

    Attributes:
        site: its name.
        releases: each release with its objects.
        images: every image and where it is used.
        secrets: every Secret that has to be made.
        expected: objects that the values name as already there, and where they do.
        preparation: what is installed before, from the charts of others.
        repository: where Argo CD or Flux finds the folder.
    """

    site: str
    releases: tuple[tuple[Release, tuple[RenderedObject, ...]], ...]
    images: tuple[ImageUse, ...]
    secrets: tuple[RequiredSecret, ...]
    expected: tuple[tuple[Identity, Path], ...] = ()
    preparation: Preparation = NOTHING
    repository: Repository | None = None

    @property
    def objects(self) -> tuple[RenderedObject, ...]:
        """The objects of all releases."""
        return tuple(rendered for _, objects in self.releases for rendered in objects)

    @property
    def references(self) -> tuple[str, ...]:
        """Every image once, sorted."""
        return tuple(sorted({use.reference for use in self.images}))


def files(contents: Contents) -> Mapping[str, bytes]:
    """Path → content. Equal contents give equal bytes on every machine."""
    texts = {release.file: values_file(contents.site, release) for release, _ in contents.releases}
    texts |= _manifests(contents)
    used = [phase for phase in phases.PHASES if f"manifests/{phase}/kustomization.yaml" in texts]
    texts |= gitops_files.files(contents.site, contents.repository, contents.objects, used)
    texts |= prerequisites_files.files(contents.site, contents.preparation)
    texts["objects.txt"] = _lines(sorted(str(rendered.identity) for rendered in contents.objects))
    texts["images.txt"] = _lines(contents.references)
    texts["secrets.required.json"] = inventory(contents.secrets)
    return {path: text.encode() for path, text in texts.items()}


def values_file(site: str, release: Release) -> str:
    """The values of a release, which alone install it, under the command that does."""
    what = "The platform" if release.is_platform else f"Shard {release.shard} of the tenants"
    return (
        f"# {what} of site {site}: all layers resolved. Written by `carrel render {site}`.\n"
        "# From the folder that holds chart/ and dist/, this installs or upgrades it:\n"
        f"#   helm upgrade --install {release.name} chart --namespace {NAMESPACE} "
        f"--create-namespace --values dist/{site}/{release.file}\n"
        f"{writer.write(dict(release.values))}"
    )


def _manifests(contents: Contents) -> dict[str, str]:
    """One file per phase and component, and the kustomizations that list them."""
    grouped: dict[str, dict[str, list[RenderedObject]]] = {}
    for release, objects in contents.releases:
        for rendered in objects:
            phase = phases.phase(rendered, tenants=not release.is_platform)
            name = rendered.component if release.is_platform else release.file[: -len(".yaml")]
            grouped.setdefault(phase, {}).setdefault(name, []).append(rendered)
    used = [phase for phase in phases.PHASES if phase in grouped]
    texts = {"manifests/kustomization.yaml": kustomization(used)}
    for phase in used:
        names = sorted(grouped[phase])
        folder = f"manifests/{phase}"
        texts[f"{folder}/kustomization.yaml"] = kustomization(f"{name}.yaml" for name in names)
        for name in names:
            texts[f"{folder}/{name}.yaml"] = _documents(grouped[phase][name])
    return texts


def _documents(objects: Iterable[RenderedObject]) -> str:
    parts = []
    for rendered in sorted(objects, key=phases.order):
        body = rendered.text if rendered.is_crd else writer.write(dict(rendered.body))
        parts.append(f"---\n# {rendered.source}\n{body.rstrip()}\n")
    return "".join(parts)


def _lines(items: Iterable[str]) -> str:
    return "".join(f"{item}\n" for item in items)
