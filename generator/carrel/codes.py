"""The registry of diagnostic codes: what can be wrong, each with a number that never changes.

`E` is an error, `W` a warning. The first digit says where the problem was found: 0 reading a file,
1 the shape of the values (schema), 2 their meaning (rules across values), 3 rendering the chart,
4 the rendered objects, 5 a live cluster. A code is never reused for another meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Area = Literal["read", "shape", "meaning", "template", "objects", "cluster"]

ERRORS_PAGE = "docs/errors.md"
"""The page that documents all codes, from the project's root."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem.

    Attributes:
        code: the letter and three digits, "E101".
        name: what people call it, in kebab case, unique: "unknown-key".
        area: where it is found.
        meaning: one sentence for the documentation.
    """

    code: str
    name: str
    area: Area
    meaning: str

    @property
    def doc(self) -> str:
        """Where it is documented: the file from the project's root, and the heading in it."""
        return f"{ERRORS_PAGE}#{self.code.lower()}-{self.name}"


# One block per area, sorted by number within it, warnings after errors.
_READ = (
    Code("E001", "missing-file", "read", "A file that a site needs does not exist."),
    Code("E002", "unreadable-file", "read", "A file exists but cannot be read as one."),
    Code("E003", "too-large", "read", "A values file is larger than 5 MB."),
    Code("E004", "invalid-utf-8", "read", "A values file is not UTF-8 text."),
    Code("E005", "forbidden-character", "read", "YAML does not allow this control character."),
    Code("E006", "tab-indentation", "read", "YAML indents with spaces; a tab is refused."),
    Code("E007", "syntax", "read", "The text is not YAML."),
    Code("E008", "duplicate-key", "read", "A mapping has the same key twice."),
    Code("E009", "several-documents", "read", "A values file holds one document only."),
    Code("E010", "not-a-mapping", "read", "A values file is a mapping at its top level."),
    Code("E011", "too-deep", "read", "Values are nested more than 100 levels deep."),
    Code("E012", "alias-expansion", "read", "Aliases multiply the file beyond what is readable."),
    Code("E013", "unsupported-tag", "read", "A tag asks for a type that values cannot have."),
    Code("E014", "unusable-key", "read", "A key is a mapping, a list or null."),
    Code("E015", "set-syntax", "read", "A --set assignment cannot be understood."),
    Code("E016", "not-a-number", "read", "Infinity and .nan cannot be values."),
    Code("E017", "too-precise", "read", "A whole number has more digits than Helm keeps."),
    Code("E018", "wrong-suppression", "read", "A comment for Carrel cannot be understood."),
    Code("W001", "empty-file", "read", "A values file holds no values."),
    Code("W002", "key-not-text", "read", "A key is read as a number or a boolean."),
    Code("W003", "late-merge", "read", "A merge key overwrites keys that are written above it."),
    Code("W004", "ambiguous-scalar", "read", "A value looks like a string and is none to Helm."),
    Code("W005", "idle-suppression", "read", "A comment ignores a warning that there is not."),
)
_SHAPE = (
    Code("E101", "unknown-key", "shape", "There is no value of this name."),
    Code("E102", "missing-key", "shape", "A value that must be given is missing."),
    Code("E103", "wrong-type", "shape", "A value has another type than the one wanted."),
    Code("E104", "not-a-choice", "shape", "A value is none of those to choose from."),
    Code("E105", "wrong-form", "shape", "A text does not have the form that is wanted."),
    Code("E106", "out-of-range", "shape", "A number is smaller or larger than allowed."),
    Code("E107", "wrong-length", "shape", "A text, list or map has too few or too many parts."),
    Code("E108", "repeated-item", "shape", "A list holds the same item twice."),
    Code("E109", "unusable-name", "shape", "A map's key does not have the form of a name."),
    Code("E110", "not-allowed", "shape", "A value is not allowed together with another."),
    Code("E111", "removed-default", "shape", "A null removes a value that the chart needs."),
    Code("E112", "removed-key", "shape", "A value has moved, has other words now, or is gone."),
    Code("E113", "not-migrated", "shape", "A removed key has to be rewritten by hand."),
    Code("E114", "misplaced-value", "shape", "A value is in a file where it does not count."),
    Code("E151", "malformed-schema", "shape", "The files of generator/schema do not fit together."),
    Code("E152", "incomplete-schema", "shape", "A value in generator/schema breaks a rule for it."),
    Code("E153", "value-without-consumer", "shape", "Nothing reads a declared value."),
    Code("E154", "undeclared-value", "shape", "A template reads a value that is not declared."),
    Code("E155", "unreadable-template", "shape", "A template cannot be followed to its values."),
    Code("W112", "deprecated-key", "shape", "A later version will remove a value."),
)
_MEANING = (
    Code("E209", "shared-gateway", "meaning", "The login would be demanded of other hosts too."),
    Code("E210", "missing-issuer", "meaning", "Login needs a provider and none is named."),
    Code("E211", "missing-demo-user", "meaning", "The demo's login needs a user."),
    Code("E212", "missing-certificate", "meaning", "HTTPS needs a Secret and none is named."),
    Code("E213", "missing-component", "meaning", "A component needs one that is turned off."),
    Code("E214", "same-header", "meaning", "User and groups travel in the same header."),
    Code("E215", "unfit-connector", "meaning", "A source of people lacks settings or has others."),
    Code("E216", "published-secret", "meaning", "A secret is one that everybody can read."),
    Code("E217", "missing-authority", "meaning", "Nobody vouches for the webhooks' certificates."),
    Code("E218", "nobody-to-log-in", "meaning", "Dex is to be asked and knows nobody."),
    Code("E219", "missing-host", "meaning", "People are sent back to a host that is not named."),
    Code("E220", "blind-culling", "meaning", "Culling would stop applications that are in use."),
    Code("E221", "late-refresh", "meaning", "A session ends before it would be refreshed."),
    Code("E222", "pods-refused", "meaning", "Tenants' pods would not meet their own level."),
    Code("E223", "secure-cookies", "meaning", "Cookies are kept to HTTPS and there is none."),
    Code("E230", "no-jupyter-image", "meaning", "The form has nothing to start with."),
    Code("E231", "unknown-image", "meaning", "A default names an image that does not exist."),
    Code("E232", "unfit-image", "meaning", "A default names an image that is not offered there."),
    Code("E233", "unknown-size", "meaning", "A size is named that does not exist."),
    Code("E234", "too-much-shm", "meaning", "Shared memory exceeds the notebook's memory."),
    Code("E235", "image-without-tag", "meaning", "An image has neither tag nor digest."),
    Code(
        "E236", "image-without-digest", "meaning", "A site demands digests and an image lacks it."
    ),
    Code("E237", "system-path", "meaning", "The home would hide a folder that images need."),
    Code("E238", "merged-images", "meaning", "Two images would have the same name."),
    Code("E240", "reserved-label", "meaning", "A label is set that the chart sets itself."),
    Code("E241", "ambient-mode", "meaning", "A label would leave sidecars out."),
    Code("E250", "request-too-large", "meaning", "A plan's default exceeds its largest size."),
    Code("E251", "too-small-a-quota", "meaning", "A plan has no room for the default size."),
    Code("E252", "uncounted-resource", "meaning", "A plan grants what no quota counts."),
    Code("E260", "reserved-name", "meaning", "A namespace has a name that is in use."),
    Code("E261", "unknown-plan", "meaning", "A tenant names a plan that does not exist."),
    Code("E262", "unknown-group", "meaning", "A tenant names a group that does not exist."),
    Code("E263", "owner-as-member", "meaning", "A tenant's owner is also its member."),
    Code("E264", "same-binding", "meaning", "Two members' objects would have the same name."),
    Code("E270", "limit-below-request", "meaning", "A container may use less than it asks for."),
    Code("E271", "missing-volume", "meaning", "A program is to mount a volume that there is not."),
    Code("E272", "volume-in-use", "meaning", "A program has such a volume or mount of its own."),
    Code("E280", "secret-in-values", "meaning", "A Secret's data is written in a site's values."),
    Code("E290", "unknown-site", "meaning", "No folder below values/sites has the site's name."),
    Code("E291", "unknown-platform", "meaning", "No file below values/platforms has that name."),
    Code("E292", "platform-not-named", "meaning", "A site does not say which platform it is on."),
    Code("E293", "other-site-name", "meaning", "A site's file names another site than its folder."),
    Code("E294", "other-platform-name", "meaning", "A platform's file names another platform."),
    Code("E295", "unread-file", "meaning", "A file in a site's folder counts for nothing."),
    Code("W202", "demo-login", "meaning", "Everyone is the same user."),
    Code("W203", "clear-text", "meaning", "The gateway does not encrypt."),
    Code("W204", "unproved-platform", "meaning", "No test runs on the site's platform."),
    Code("W205", "registry-port", "meaning", "The form cannot show tags behind a port."),
    Code("W206", "fixed-cluster-domain", "meaning", "A program knows no other cluster domain."),
    Code("W207", "static-passwords", "meaning", "People log in with passwords of the platform."),
    Code("W250", "unknown-resource", "meaning", "A plan grants a GPU that no image uses."),
)
_TEMPLATE = (
    Code("E301", "template-failure", "template", "The chart refuses the values, or fails on them."),
)
_OBJECTS = (
    Code("E401", "invalid-object", "objects", "An object does not match the schema of its kind."),
    Code("E402", "kind-without-schema", "objects", "A template renders a kind that has no schema."),
    Code("E403", "unknown-kind", "objects", "A kind, or a version of one, does not exist."),
    Code("E410", "not-an-object", "objects", "A template renders something else than objects."),
    Code("E411", "duplicate-object", "objects", "Two objects of a site are one for Kubernetes."),
    Code("E412", "misplaced-object", "objects", "An object lacks a namespace, or cannot have one."),
    Code("E413", "repeated-entry", "objects", "A list has two entries of one name or number."),
    Code("E414", "early-object", "objects", "An object is in the release that defines its kind."),
    Code("E415", "refused-name", "objects", "An object's name is not one that its kind can have."),
    Code("E416", "refused-label", "objects", "A label is not written as Kubernetes takes it."),
    Code("E417", "too-much-data", "objects", "An object holds more than the API server stores."),
    Code("E420", "dangling-reference", "objects", "An object refers to one that does not exist."),
    Code("E421", "missing-entry", "objects", "An object reads a key that is not there."),
    Code("E422", "unknown-volume", "objects", "A container mounts a volume that its pod lacks."),
    Code("E430", "foreign-selector", "objects", "A workload does not select its own pods."),
    Code("E431", "idle-selector", "objects", "A selector matches no pod in its namespace."),
    Code("E432", "unknown-port", "objects", "A port is named that no container has."),
    Code("E433", "same-path", "objects", "Two routes of a gateway take the same requests."),
    Code("E440", "pod-security", "objects", "A pod asks for more than its namespace allows."),
    Code("E441", "literal-image", "objects", "A template names an image past the values."),
    Code("E442", "unpinned-image", "objects", "A site demands digests and a pod's image lacks it."),
    Code("E443", "undeclared-wildcard", "objects", "A role of ours grants everything of a sort."),
    Code("E444", "foreign-principal", "objects", "A policy of ours is about somebody else."),
    Code("E445", "foreign-header", "objects", "A header of ours does not say who asks."),
    Code("E450", "webhook-timeout", "objects", "A webhook may keep the API server waiting."),
    Code("W402", "unchecked-object", "objects", "An object of yours has no schema here."),
    Code("W420", "unseen-reference", "objects", "An object of yours refers to one not rendered."),
    Code("W421", "unseen-key", "objects", "An object of yours reads a key not rendered."),
    Code("W431", "unseen-pods", "objects", "An object of yours selects pods not rendered."),
    Code("W441", "foreign-registry", "objects", "An image is not in the site's registry."),
    Code("W442", "unpinned-mention", "objects", "What looks like an image has no digest."),
    Code("W443", "wildcard-permission", "objects", "A role of yours grants everything of a sort."),
    Code("W444", "unknown-principal", "objects", "A policy of yours is about nobody here."),
    Code("W445", "unset-header", "objects", "A header of yours is upstream's and not the site's."),
)
_CLUSTER = (
    Code("E501", "other-kubernetes", "cluster", "The cluster has another version than the site."),
    Code("E502", "missing-api", "cluster", "The cluster lacks a kind that the site's objects are."),
    Code("E503", "no-istiod", "cluster", "Nothing would put sidecars into pods."),
    Code("E504", "no-gateway", "cluster", "The ingress gateway is not there, or not ready."),
    Code("E505", "other-gateway", "cluster", "The gateway is not who the policies let in."),
    Code("E506", "missing-storage-class", "cluster", "Homes have no storage class."),
    Code("E507", "missing-driver", "cluster", "The storage class's driver is not there."),
    Code("E508", "driver-not-ready", "cluster", "No pod of the storage class's driver is ready."),
    Code("E509", "other-site", "cluster", "The cluster belongs to another site."),
    Code("E511", "no-certificates", "cluster", "cert-manager is there and has no ready pod."),
    Code("E520", "missing-secret", "cluster", "A Secret is missing that somebody has to make."),
    Code("E521", "wrong-secret", "cluster", "A Secret has another type, or lacks a key."),
    Code("E530", "foreign-object", "cluster", "An object is there that somebody else made."),
    Code("E531", "stuck-deletion", "cluster", "An object is being deleted and does not go."),
    Code("E532", "stuck-release", "cluster", "An operation of Helm was ended midway."),
    Code("E533", "dead-webhook", "cluster", "A webhook that must answer cannot."),
    Code("E540", "not-permitted", "cluster", "The caller may not install the site."),
    Code("E560", "missing-object", "cluster", "An object that the values name is not there."),
    Code("E561", "unlabelled-namespace", "cluster", "A namespace of others lacks a label."),
    Code("W500", "not-looked-at", "cluster", "The caller may not see something."),
    Code("W503", "unproved-prerequisite", "cluster", "Carrel is proved with another version."),
    Code("W504", "istiod-not-seen", "cluster", "Istio is run from elsewhere."),
    Code("W507", "no-provisioner", "cluster", "Homes wait for somebody to make volumes."),
    Code("W508", "provisioner-not-seen", "cluster", "No pod that makes volumes can be told."),
    Code("W510", "missing-gpus", "cluster", "No node offers GPUs that the values promise."),
    Code("W511", "cert-manager-not-seen", "cluster", "Nothing can be told to be cert-manager."),
    Code("W520", "secret-to-come", "cluster", "A Secret waits for the site's namespace."),
    Code("W530", "applied-without-helm", "cluster", "The site's own object, but not Helm's."),
    Code("W550", "over-quota", "cluster", "A tenant uses more than its new quota."),
)

CODES: Mapping[str, Code] = MappingProxyType(
    {code.code: code for code in (*_READ, *_SHAPE, *_MEANING, *_TEMPLATE, *_OBJECTS, *_CLUSTER)}
)
