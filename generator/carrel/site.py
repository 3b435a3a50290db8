"""Finding and reading the files of one site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from carrel import set_values, suppressions
from carrel.diagnostics import Diagnostic, Severity, Span, has_errors
from carrel.k8s.fields import descend, text
from carrel.layers import Layer, LayerName, Resolved, Values, resolve
from carrel.project import Project, shown
from carrel.schema.hints import did_you_mean, listed
from carrel.suppressions import Suppression
from carrel.yamlio import reader


@dataclass(frozen=True, slots=True)
class Site:
    """A site with all its values.

    Attributes:
        name: its name, that of its folder below `values/sites`.
        root: the project, or the repository of values.
        carrel: what it is checked with, the same folder in a project.
        platform: the kind of cluster it is on.
        layers: what was read, the first the most general.
        resolved: the values that come of them.
    """

    name: str
    root: Path
    carrel: Path
    platform: str
    layers: tuple[Layer, ...]
    resolved: Resolved

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        """Warnings that comments in its files accept."""
        return tuple(each for layer in self.layers for each in layer.suppressions)

    @property
    def kubernetes(self) -> str:
        """The minor version of its cluster, such as `1.36`."""
        return text(descend(self.resolved.values, "kubernetes").get("version"))


def site_names(root: Path) -> tuple[str, ...]:
    """The names of all sites of a project, sorted."""
    return tuple(sorted(path.name for path in (root / "values" / "sites").glob("*/")))


def platform_names(root: Path) -> tuple[str, ...]:
    """The names of all platforms of a project, sorted."""
    return tuple(platform_files(Project.whole(root)))


def platform_files(project: Project) -> dict[str, Path]:
    """Name → file of every platform, sorted; one of the repository's own wins over Carrel's."""
    folders = (root / "values" / "platforms" for root in (project.carrel, project.root))
    files = {path.stem: path for folder in folders for path in folder.glob("*.yaml")}
    return dict(sorted(files.items()))


def load(
    project: Project, name: str, sets: Sequence[str], defaults: Values, *, partly: bool = False
) -> tuple[Site | None, tuple[Diagnostic, ...]]:
    """Read a site's layers and resolve them.

    Args:
        project: where the site is, and the platforms.
        name: the site.
        sets: assignments of `--set`, which win over all files.
        defaults: the values that hold where no layer sets any.
        partly: make do without what cannot be read, as long as the platform is known.

    Returns:
        The site, or None when a file cannot be read or the platform is not known, and everything
        that is wrong with the files and their names.
    """
    root = project.root
    if name not in site_names(root):
        return None, (_unknown_site(name, site_names(root)),)
    folder = root / "values" / "sites" / name
    site, found = _read(root, "site", folder / "site.yaml")
    tenants, in_tenants = _read_all(root, "tenants", tenants_files(folder))
    assigned, in_sets = set_values.parse(sets)
    found = (*found, *in_tenants, *in_sets, *_unread(root, folder))
    if site is None or (has_errors(found) and not partly):
        return None, found
    own = (site, *tenants, *([assigned] if sets else []))
    platforms = platform_files(project)
    platform, problem = _platform(tuple(platforms), site, resolve(defaults, own))
    if problem is not None:
        return None, (*found, problem)
    of_platform, in_platform = _read(root, "platform", platforms[platform])
    found = (*found, *in_platform)
    if of_platform is None or (has_errors(found) and not partly):
        return None, found
    layers = (of_platform, *own)
    resolved = resolve(defaults, layers)
    found = (*found, *_misnamed(name, platform, of_platform, site, resolved))
    return Site(name, root, project.carrel, platform, layers, resolved), found


def tenants_files(folder: Path) -> list[Path]:
    """The files of a site's folder that hold its tenants, in the order in which they count."""
    single = folder / "tenants.yaml"
    return [*([single] if single.exists() else []), *sorted((folder / "tenants").glob("*.yaml"))]


def _unread(root: Path, folder: Path) -> Iterable[Diagnostic]:
    """Files that look like values and would silently count for nothing, such as `tenants.yml`."""
    read = {folder / "site.yaml", *tenants_files(folder)}
    for file in sorted((*folder.glob("*.y*ml"), *(folder / "tenants").glob("*.y*ml"))):
        if file not in read:
            yield Diagnostic(
                "E295",
                Severity.ERROR,
                "nothing reads this file; a site's values are in site.yaml, tenants.yaml and "
                "tenants/*.yaml",
                Span(shown(file, root), 1, 1),
                hint="rename it, or move it out of the site's folder",
            )


def _read(root: Path, layer: LayerName, file: Path) -> tuple[Layer | None, tuple[Diagnostic, ...]]:
    shown_as = shown(file, root)
    document, found = reader.read_file(file, shown_as)
    if document is None:
        return None, found
    accepted, wrong = suppressions.parse(document.comments, shown_as, shared=layer == "platform")
    layer_of_file = Layer(
        layer, shown_as, document.values, document.keys, document.spans, document.literals, accepted
    )
    return layer_of_file, (*found, *wrong)


def _read_all(
    root: Path, layer: LayerName, files: Iterable[Path]
) -> tuple[tuple[Layer, ...], tuple[Diagnostic, ...]]:
    read = [_read(root, layer, file) for file in files]
    found = tuple(diagnostic for _, diagnostics in read for diagnostic in diagnostics)
    return tuple(layer for layer, _ in read if layer is not None), found


def _platform(
    known: Sequence[str], site: Layer, resolved: Resolved
) -> tuple[str, Diagnostic | None]:
    """The platform that a site names, or why that cannot be one."""
    named = descend(resolved.values, "site").get("platform")
    where = ("site", "platform")
    if not named:
        start = Span(site.file, 1, 1)
        message = f"the site does not name its platform; write one of {listed(known)}"
        span = resolved.span(where) or start
        return "", Diagnostic("E292", Severity.ERROR, message, span, "site.platform")
    if named in known:
        return str(named), None
    nearest = did_you_mean(str(named), known)
    return "", Diagnostic(
        "E291",
        Severity.ERROR,
        f"there is no platform {named!r}, only {listed(known, 'and')}",
        resolved.span(where),
        "site.platform",
        f"did you mean {nearest!r}?" if nearest else "",
    )


def _misnamed(
    name: str, platform: str, of_platform: Layer, site: Layer, resolved: Resolved
) -> Iterable[Diagnostic]:
    """Names in files that differ from the names of the files."""
    said = descend(resolved.values, "site").get("name")
    if said != name:
        where = ("site", "name")
        span = resolved.span(where) or Span(site.file, 1, 1)
        message = f"the site in folder {name} is named {said!r}; write {name}"
        yield Diagnostic("E293", Severity.ERROR, message, span, "site.name")
    said = descend(resolved.values, "platform").get("name")
    if said != platform:
        span = resolved.span(("platform", "name")) or Span(of_platform.file, 1, 1)
        message = f"the platform in file {of_platform.file} is named {said!r}; write {platform}"
        yield Diagnostic("E294", Severity.ERROR, message, span, "platform.name")


def _unknown_site(name: str, known: Sequence[str]) -> Diagnostic:
    nearest = did_you_mean(name, known)
    return Diagnostic(
        "E290",
        Severity.ERROR,
        f"there is no site {name!r} below values/sites, only {listed(known, 'and')}"
        if known
        else f"there is no site {name!r}: values/sites holds none yet",
        None,
        "",
        f"did you mean {nearest!r}?" if nearest else "",
    )
