"""Every image that objects can make a cluster pull, wherever its reference is written.

Images hide in environment variables, arguments, annotations and in YAML or JSON inside a ConfigMap;
those that people start notebooks from are only there.
"""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from carrel.diagnostics import Path, dotted
from carrel.k8s.fields import Fields, mapping, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import title
from carrel.yamlio import reader

_HOST = (
    r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}|localhost|[a-z0-9.-]+(?=:[0-9]+/))(?::[0-9]+)?"
)
_PATH = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
_TAG = r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"@sha256:[0-9a-f]{64}"
_PINNED = rf"(?:(?:{_TAG})?{_DIGEST}|{_TAG})"

_FULL = re.compile(
    rf"(?:(?<=docker://)|(?<=oci://)|(?<![A-Za-z0-9._/:@-]))"
    rf"{_HOST}/{_PATH}{_PINNED}(?![A-Za-z0-9._/:@-])"
)
"""A reference that names its registry and says which image: told apart from everything else."""

_REFERENCE = re.compile(rf"(?:{_HOST}/)?{_PATH}(?:{_PINNED})?")
"""Any reference; only where something says that it is one."""

_IMAGE_NAME = re.compile(r"[iI]mage|IMAGE")
"""In the name of a key, a variable or a flag: its value is about an image."""

_TELLING_NAME = re.compile(
    r"(?P<nothing>^imagePull|^description$|/last-applied-configuration$)|(?P<value>^value$)"
    r"|[iI]mage|IMAGE"
)
"""A key below which no image is pulled, or which may say that its value is about one."""

_REFERENCE_LIKE = re.compile(r"/[^\s:@]*[:@]\S")

_POLICY = "ValidatingAdmissionPolicy"

_SEPARATOR = re.compile(r"[:/@]")

_FLAG = re.compile(r"--?([A-Za-z0-9_.-]+)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class ImageUse:
    """An image and one place that names it.

    Attributes:
        reference: the image as written.
        used_by: the object and its field, `Deployment kubeflow/dashboard spec…image`.
    """

    reference: str
    used_by: str


Found = list[tuple[Path, str]]
"""Where a reference is, and the reference."""


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image that an object names.

    Attributes:
        source: the object.
        where: the field that names it, and where it is in the document that the field holds.
        reference: the image as written.
    """

    source: RenderedObject
    where: Path
    reference: str


def image_references(objects: Iterable[RenderedObject]) -> tuple[ImageReference, ...]:
    """Every image in the objects with every place that names it.

    CustomResourceDefinitions name none, and a policy's are those that it lets others name.
    """
    return tuple(
        ImageReference(rendered, where, reference)
        for rendered in objects
        if not (rendered.is_crd or rendered.kind == _POLICY) and _may_name_images(rendered.text)
        for where, reference in mentioned(rendered.body)
    )


def mentioned(value: object) -> Found:
    """Every image that a tree of fields names, and where."""
    found: Found = []
    _search(value, (), found, about_image=False)
    return found


def images(found: Iterable[ImageReference]) -> tuple[ImageUse, ...]:
    """The references as people read them, sorted, once for each place."""
    uses = {
        ImageUse(each.reference, f"{title(each.source)} {dotted(each.where)}") for each in found
    }
    return tuple(sorted(uses))


def _may_name_images(text: str) -> bool:
    """Whether a search is worth its time: most objects of tenants name no image.

    Every image is below a name with "image" in it, or is a reference with a host; only an escape
    could hide either.
    """
    telling = ("image", "Image", "IMAGE", "\\")
    return any(part in text for part in telling) or _REFERENCE_LIKE.search(text) is not None


def _search(value: object, here: Path, found: Found, *, about_image: bool) -> None:
    """Append what is found in a value; `about_image` says that something around it names images."""
    if isinstance(value, dict):
        for name, entry in value.items():
            _search_entry(value, name, entry, here, found, about_image=about_image)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _search(item, (*here, index), found, about_image=about_image)
    elif isinstance(value, str):
        _search_text(value, here, found, about_image=about_image)


def _search_entry(
    around: Fields, name: str, entry: object, here: Path, found: Found, *, about_image: bool
) -> None:
    told = _TELLING_NAME.search(name)
    if told is None:
        _search(entry, (*here, name), found, about_image=about_image)
    elif told["nothing"]:
        return
    elif name == "image" and isinstance(entry, str) and _REFERENCE.fullmatch(entry):
        found.append(((*here, name), entry))
    else:
        # An environment variable's value is named by the `name` beside it.
        named = text(around.get("name")) if told["value"] else name
        about_image = about_image or _IMAGE_NAME.search(named) is not None
        _search(entry, (*here, name), found, about_image=about_image)


def _search_text(value: str, here: Path, found: Found, *, about_image: bool) -> None:
    if "\n" in value or value[:1] in "{[":
        _search_document(value, here, found, about_image=about_image)
    elif _SEPARATOR.search(value):
        _search_line(value, here, found, about_image=about_image)


def _search_document(value: str, here: Path, found: Found, *, about_image: bool) -> None:
    """Search a YAML or JSON document, or a text of another kind by its words."""
    documents: list[object] = []
    if value.lstrip()[:1] != "<" and ":" in value:
        with contextlib.suppress(reader.Malformed):
            documents = reader.read_objects(value)
    if any(isinstance(document, dict | list) for document in documents):
        for document in documents:
            _search(document, here, found, about_image=about_image)
    else:
        for word in value.split():
            _search_line(word.strip("\"',;"), here, found, about_image=False)


def _search_line(value: str, here: Path, found: Found, *, about_image: bool) -> None:
    flag = _FLAG.fullmatch(value)
    if flag:
        value, about_image = flag[2], _IMAGE_NAME.search(flag[1]) is not None
    # A single word is more likely a setting than an image of Docker Hub without a tag.
    if about_image and _SEPARATOR.search(value) and _REFERENCE.fullmatch(value):
        found.append((here, value))
    elif "/" in value:
        found.extend((here, match[0]) for match in _FULL.finditer(value))


def catalogue_images(values: object) -> tuple[ImageUse, ...]:
    """The notebook images that are not offered any more but that notebooks may still run.

    They are in no object. `chart/templates/_lib/images.tpl` writes references the same way.
    """
    found = []
    settings = mapping(mapping(values).get("images"))
    catalogue = mapping(mapping(mapping(values).get("notebooks")).get("images"))
    for name, entry in catalogue.items():
        if mapping(entry).get("state") == "hidden":
            reference = written(mapping(mapping(entry).get("image")), settings)
            found.append(ImageUse(reference, dotted(("notebooks", "images", name))))
    return tuple(sorted(found))


def written(image: object, settings: object) -> str:
    """An image block as a reference, relocated as the site's `images` say.

    Args:
        image: registry and repository, and tag and digest where there are any.
        settings: the site's `images`.
    """
    block, own = mapping(image), mapping(settings)
    registry, repository = text(block.get("registry")), text(block.get("repository"))
    if text(own.get("registry")):
        keeps_host = own.get("layout") != "path"
        host = f"{registry.replace(':', '_')}/" if keeps_host else ""
        reference = f"{text(own.get('registry'))}/{host}{repository}"
    else:
        reference = f"{registry}/{repository}"
    tag, digest = text(block.get("tag")), text(block.get("digest"))
    return reference + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
