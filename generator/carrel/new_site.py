"""The first files of a site: few, explained, and right as they are."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from carrel.build.editor_schema import SITE, TENANTS, modeline
from carrel.diagnostics import Path as ValuePath
from carrel.errors import EnvironmentFault, UsageError
from carrel.project import shown
from carrel.schema.bundle import Schema
from carrel.schema.hints import did_you_mean, form, listed, repair
from carrel.schema.patterns import fits
from carrel.site import platform_names
from carrel.text_templates import fill

FIRST_TENANT = "first-team"
"""What the first tenant is called until people find a better name."""

PRE_COMMIT = "pre-commit"
"""The one of `WORKFLOWS` that runs on people's own machines."""

WORKFLOWS: Mapping[str, str] = {
    "github": ".github/workflows/carrel.yaml",
    "gitlab": ".gitlab-ci.yml",
    PRE_COMMIT: ".pre-commit-config.yaml",
}
"""Where the settings belong of what validates every change, from the root of the repository."""

_VALIDATES = "carrel validate"

_FOLDER = Path("values") / "sites"


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site that is to be made; an empty text is not said yet.

    Attributes:
        name: of the site.
        platform: the kind of cluster, a file below values/platforms/.
        host: what people open.
        issuer: of the tokens that let people in.
        owner: of the first tenant.
        demo: the user that everyone is, for a site without login.
    """

    name: str
    platform: str
    host: str = ""
    issuer: str = ""
    owner: str = ""
    demo: str = ""


def check(new: NewSite, root: Path, schema: Schema) -> None:
    """Make sure that the site can be made and will be valid.

    Raises:
        UsageError: it exists, its platform does not, or something said of it has the wrong form.
    """
    _check_form("SITE", new.name, ("site", "name"), schema)
    place = root / _FOLDER / new.name
    if os.path.lexists(place):
        raise UsageError(f"{shown(place, root)} is there already; choose another name")
    _check_platform(new.platform, platform_names(root))
    said: tuple[tuple[str, str, ValuePath], ...] = (
        ("--host", new.host, ("gateway", "host")),
        ("--issuer", new.issuer, ("identity", "oidc", "issuer")),
        ("--owner", new.owner, ("tenants", FIRST_TENANT, "owner")),
        ("--demo", new.demo, ("tenants", FIRST_TENANT, "owner")),
    )
    for option, text, path in said:
        if text:
            _check_form(option, text, path, schema)


def _check_platform(name: str, known: tuple[str, ...]) -> None:
    if not name:
        raise UsageError(f"say which kind of cluster it is: --platform {listed(known)}")
    if name not in known:
        nearest = did_you_mean(name, known)
        hint = f" (did you mean {nearest!r}?)" if nearest else ""
        raise UsageError(f"there is no platform {name!r}, only {listed(known, 'and')}{hint}")


def _check_form(option: str, text: str, path: ValuePath, schema: Schema) -> None:
    """Whether the schema takes `text` at `path`."""
    node = schema.at(path) or {}
    pattern, longest = node["pattern"], node["maxLength"]
    if len(text) > longest:
        raise UsageError(f"{option} has {len(text)} characters and may have {longest}")
    if text and text.isprintable() and fits(pattern, text):
        return
    wanted = form(pattern).removesuffix(" (or nothing)") or f"such as {node['examples'][0]}"
    better = repair(text, pattern)
    hint = f" (did you mean {better!r}?)" if better else ""
    raise UsageError(f"{option} must be {wanted}, not {text!r}{hint}")


def files(new: NewSite, templates: Path, schema: Schema) -> dict[str, str]:
    """Name → text of the files of the site's folder.

    Args:
        new: a site that `check` found right.
        templates: the folder generator/templates.
        schema: what values may be.
    """
    defaults = schema.defaults()
    depth = len(_FOLDER.parts) + 1
    values = {
        "name": new.name,
        "platform": new.platform,
        "host": new.host,
        "issuer": new.issuer,
        "demo": new.demo,
        "owner": new.owner or new.demo,
        "tenant": FIRST_TENANT,
        "kubernetes": defaults["kubernetes"]["version"],
        "secret": defaults["gateway"]["tls"]["secretName"],
    }
    return {
        file: fill(templates, f"new/{file}.jinja", {**values, "modeline": modeline(depth, rules)})
        for file, rules in (("site.yaml", SITE), ("tenants.yaml", TENANTS))
    }


def workflow(service: str, templates: Path) -> str:
    """The text of the workflow for one of `WORKFLOWS`."""
    return fill(templates, f"new/{service}.yaml.jinja", {})


def write(root: Path, name: str, texts: Mapping[str, str]) -> None:
    """Make the folder of a site with these files, whole or not at all.

    Raises:
        EnvironmentFault: it cannot be written, or somebody else made it meanwhile.
    """
    sites = root / _FOLDER
    place = sites / name
    try:
        # Not beside the other sites, where an unfinished one would be taken for one of them.
        with _scratch(sites.parent) as scratch:
            fresh = scratch / name
            fresh.mkdir()
            for file, text in texts.items():
                (fresh / file).write_text(text, "utf-8", newline="\n")
            sites.mkdir(exist_ok=True)
            fresh.rename(place)
    except OSError as error:
        raise _fault(place, root, error) from error


def write_workflow(root: Path, service: str, text: str) -> bool:
    """Write a workflow where none is.

    Returns:
        Whether there is one now that validates; False when there is another, which stays as it is.

    Raises:
        EnvironmentFault: it cannot be written.
    """
    place = root / WORKFLOWS[service]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8", newline="\n") as stream:
            try:
                stream.write(text)
                stream.flush()
            except BaseException:
                place.unlink()
                raise
    except FileExistsError:
        return place.is_file() and _VALIDATES.encode() in place.read_bytes()
    except OSError as error:
        raise _fault(place, root, error) from error
    return True


@contextlib.contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fault(place: Path, root: Path, error: OSError) -> EnvironmentFault:
    reason = (error.strerror or str(error)).lower()
    full = error.errno in (errno.EDQUOT, errno.EFBIG, errno.ENOSPC)
    remedy = "make room on that disk" if full else "free the place and permit it"
    return EnvironmentFault(f"{shown(place, root)} cannot be written ({reason})", remedy)
