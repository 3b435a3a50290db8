"""Names of objects, as long and of such characters as their kind allows.

A StatefulSet whose name is too long for a label of its pods is accepted, and then none of its pods
is ever made.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from carrel.diagnostics import Diagnostic
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

_PART = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"


@dataclass(frozen=True, slots=True)
class Form:
    """What a name may look like.

    Attributes:
        pattern: of the whole name.
        characters: the same in words.
    """

    pattern: re.Pattern[str]
    characters: str


_LABEL = Form(
    re.compile(_PART), "small letters, digits and '-', with a letter or digit at both ends"
)
_SUBDOMAIN = Form(
    re.compile(rf"{_PART}(?:\.{_PART})*"),
    "small letters, digits, '-' and '.', with a letter or digit at both ends of each part",
)
_LETTER_FIRST = Form(
    re.compile("[a-z](?:[a-z0-9-]*[a-z0-9])?"),
    "small letters, digits and '-', with a letter first and a letter or digit last",
)
_SEGMENT = Form(re.compile(r"(?!\.{1,2}$)[^/%]+"), "anything but '/' and '%'")


@dataclass(frozen=True, slots=True)
class _Rule:
    form: Form
    longest: int
    why: str = ""


_DEFAULT = _Rule(_SUBDOMAIN, 253)
_NAMESPACE = _Rule(_LABEL, 63)
_STATEFUL = _Rule(_LABEL, 52, "a label of its pods holds it with a hash of 10")
_BY_HASH = _Rule(_SUBDOMAIN, 242, "its ReplicaSets add a hash of 10")
_RBAC = _Rule(_SEGMENT, 253)
_GROUP = "rbac.authorization.k8s.io"

_RULES: Mapping[Kind, _Rule] = {
    ("", "Namespace"): _NAMESPACE,
    ("", "Service"): _Rule(_LABEL, 63, "it is a part of a host name"),
    ("apps", "Deployment"): _BY_HASH,
    ("apps", "StatefulSet"): _STATEFUL,
    ("batch", "CronJob"): _Rule(_SUBDOMAIN, 52, "its Jobs add the time in 11"),
    ("batch", "Job"): _Rule(_SUBDOMAIN, 63, "a label of its pods holds it"),
    # Their names have the signer's before a colon.
    ("certificates.k8s.io", "ClusterTrustBundle"): _RBAC,
    # The controllers call a namespace, and a StatefulSet, by the same name.
    ("kubeflow.org", "Notebook"): _STATEFUL,
    ("kubeflow.org", "Profile"): _NAMESPACE,
    **{
        (_GROUP, kind): _RBAC
        for kind in ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
    },
}
"""What is different from most kinds.

Source: the validation of Kubernetes 1.37 (pkg/apis/*/validation); the controllers of 1.33
for Deployments, whose names later ones cut, and for StatefulSets; and for Notebooks what a real
controller did: 52 characters work, 53 do not.
"""

_FIRST_RELAXED = (1, 36)
"""From here on a Service's name may begin with a digit (RelaxedServiceNameValidation)."""


def check(
    objects: Iterable[RenderedObject], kubernetes_minor: str, places: Places
) -> Iterator[Diagnostic]:
    """What is wrong with names.

    E415: a name has characters or a length that its kind does not allow, or leaves no room for
    what is made of it.

    Args:
        objects: the objects.
        kubernetes_minor: the site's version, such as `1.33`.
        places: where they were written.
    """
    rules = dict(_RULES)
    if tuple(map(int, kubernetes_minor.split("."))) < _FIRST_RELAXED:
        for kind in (("", "Service"), ("kubeflow.org", "Notebook")):
            rule = _RULES[kind]
            rules[kind] = _Rule(_LETTER_FIRST, rule.longest, rule.why)
    for rendered in objects:
        rule = rules.get((rendered.group, rendered.kind), _DEFAULT)
        name = rendered.name
        if len(name) > rule.longest:
            message = (
                f"it has {len(name)} characters; the name of a {rendered.kind} has at most "
                f"{rule.longest}"
            )
            yield places.report("E415", rendered, ("metadata", "name"), message, rule.why)
        elif not rule.form.pattern.fullmatch(name):
            message = (
                f"the name of a {rendered.kind} is made of {rule.form.characters}; this is {name!r}"
            )
            yield places.report("E415", rendered, ("metadata", "name"), message)
