"""_lib/validate.tpl and validate/first/values.yaml: the chart refuses what contradicts itself.

People with plain Helm read the same sentences, word for word, as people with `carrel validate`.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import merged

from carrel.codes import CODES
from carrel.diagnostics import Severity
from carrel.layers import Layer, resolve
from carrel.rules.check import check
from carrel.rules.images import image_blocks
from carrel.rules.values import Values as SiteValues
from carrel.yamlio.reader import read_values

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Values

USER = "ada@example.com"
DIGEST = "sha256:" + "0" * 64


@dataclass(frozen=True, slots=True)
class Case:
    """Values that contradict themselves.

    Attributes:
        values: over the fewest that render.
        codes: of all findings, sorted.
        said: part of what is said.
        release: further fields of the release.
    """

    values: dict[str, Any]
    codes: tuple[str, ...]
    said: str = ""
    release: dict[str, Any] = field(default_factory=dict)


def tenant(**values: Any) -> dict[str, Any]:
    return {"owner": USER, "plan": "standard", **values}


def tenants(**values: Any) -> dict[str, Any]:
    return {"tenants": {"team": tenant(**values)}}


def notebooks(**values: Any) -> dict[str, Any]:
    return {"notebooks": values}


def plan(**values: Any) -> dict[str, Any]:
    return {"plans": {"standard": values}}


def image(name: str, **values: Any) -> dict[str, Any]:
    shape = {"type": "jupyter", "image": {"registry": "r.example", "repository": "r"}}
    return notebooks(images={name: shape | values})


def two_images(one: dict[str, str], other: dict[str, str]) -> dict[str, Any]:
    """The same image twice but for what is given, mirrored without the publisher's host."""
    same = {"registry": "a.example", "repository": "r", "tag": "1"}
    given = {"a": one, "b": other}
    images = {name: {"type": "jupyter", "image": same | own} for name, own in given.items()}
    return notebooks(images=images) | {"images": {"registry": "own.example", "layout": "path"}}


def off(*names: str) -> dict[str, Any]:
    return {name: {"state": "off"} for name in names}


EMPTY: dict[str, Any] = {"emptyDir": {}}
ADA = {"ada": {"email": USER}}
PUBLISHED = tuple(
    base64.b64decode(text).decode()
    for text in (
        "cFVCbkJPWTgwU25YZ2ppYlRZTTlaV056WTJ4cmVOR1Fvaw==",
        "N2QxNmZlZTkyZjhkMTFiODk0MGIwODFiM2Y4YjhhY2I=",
    )
)
"""Of common/oauth2-proxy in kubeflow/community-distribution, not in plain text."""


def dex(**values: Any) -> dict[str, Any]:
    return {"identity": {"mode": "dex", "dex": values}}


CULLING = {"enabled": True, "idleMinutes": 60}
CUDA = ("jupyter-pytorch-cuda", "jupyter-tensorflow-cuda")
JUPYTER = ("jupyter-scipy", "jupyter-pytorch", "jupyter-tensorflow", *CUDA)
ALL_BUT_PROFILES = (
    "notebookController",
    "jupyterWebApp",
    "pvcviewerController",
    "dashboard",
    "accessManagement",
    "podDefaults",
)
OWN_LABELS = (
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/part-of",
    "helm.sh/chart",
    "istio-injection",
    "istio.io/rev",
    "pod-security.kubernetes.io/enforce",
)
OWN_PLATFORM_LABELS = (
    *OWN_LABELS,
    "app.kubernetes.io/component",
    "app.kubernetes.io/name",
    "control-plane",
)
AMBIENT = "istio.io/dataplane-mode"
"""Trap: where ambient mode has no sidecar, a policy about a header lets nobody in."""

OWN_POD_LABELS = (
    *("app", "app.kubernetes.io/component", "app.kubernetes.io/name"),
    "sidecar.istio.io/inject",
)
OWN_NOTEBOOK_LABELS = (
    *("app", "app.kubernetes.io/name", "notebook-name", "statefulset"),
    "sidecar.istio.io/inject",
)
OWN_NAMESPACES = ("kubeflow", "auth", "oauth2-proxy")
CLUSTER_NAMESPACES = (
    *("default", "kube-system", "kube-public", "kube-node-lease", "carrel-system"),
    *("cert-manager", "kubeflow-system", "istio-system"),
)


def labels(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "mine")


def resources(**values: Any) -> dict[str, Any]:
    return {"components": {"dashboard": {"resources": values}}}


def volumes(component: str, mounts: dict[str, str], **extra: Any) -> dict[str, Any]:
    added = {path: {"name": name} for path, name in mounts.items()}
    return {"components": {component: {"extraVolumes": extra, "extraVolumeMounts": added}}}


def secret(**fields: Any) -> dict[str, Any]:
    metadata = {"name": "probe", "namespace": "kubeflow"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, **fields}


def profile_labels(*names: str) -> dict[str, Any]:
    config = {"namespaceLabels": labels(*names)}
    return {"components": {"profileController": {"config": config}}}


CASES: dict[str, Case] = {
    "no-issuer": Case({"identity": {"mode": "external"}}, ("E210",), "identity.oidc.issuer: "),
    "shared-gateway-without-host": Case(
        {
            "gateway": {"existing": "ingress/shared"},
            "identity": {"mode": "external", "oidc": {"issuer": "https://login.example"}},
        },
        ("E209",),
        "gateway.host: Gateway ingress/shared may serve other hosts",
    ),
    "no-demo-user": Case({"identity": {"demo": {"user": ""}}}, ("E211",), "identity.demo.user: "),
    "no-certificate": Case(
        {"gateway": {"tls": {"secretName": ""}}}, ("E212",), "gateway.tls.secretName: "
    ),
    "dashboard-alone": Case(
        {"components": {"profileController": {"enabled": False}}},
        ("E213",),
        "components.profileController.enabled: the dashboard asks",
    ),
    "viewers-without-their-controller": Case(
        {"components": {"pvcviewerController": {"enabled": False}}},
        ("E213",),
        "components.pvcviewerController.enabled: the volumes web app opens volumes in viewers",
    ),
    "dex-off": Case(
        dex(users=ADA) | {"components": {"dex": {"enabled": False}}},
        ("E213",),
        "components.dex.enabled: identity.mode is dex and Dex is off",
    ),
    "nobody-leads-to-dex": Case(
        dex(users=ADA) | {"components": {"oauth2Proxy": {"enabled": False}}},
        ("E213",),
        "components.oauth2Proxy.enabled: identity.mode is dex and nothing else leads",
    ),
    "nobody-to-log-in": Case(dex(), ("E218",), "identity.dex.connectors: identity.mode is dex"),
    "connectors-without-settings": Case(
        dex(
            connectors={
                "a": {"type": "ldap", "title": "A"},
                "b": {"type": "oidc", "title": "B"},
                "c": {"type": "saml", "title": "C"},
            }
        ),
        ("E215",) * 5 + ("E219",) * 2,
        "identity.dex.connectors.b.existingSecret: a connector of type oidc reads client-secret",
    ),
    "connectors-with-settings-of-others": Case(
        dex(
            connectors={
                "a": {
                    "type": "saml",
                    "title": "A",
                    "existingSecret": "a",
                    "saml": {"ssoUrl": "https://a.b", "ca": ""},
                    "oidc": {"issuer": "https://a.b", "clientId": "c"},
                }
            }
        )
        | {"gateway": {"host": "desks.example"}},
        ("E215", "E215"),
        "identity.dex.connectors.a.oidc: the connector is of type saml and reads no settings",
    ),
    "late-refresh": Case(
        {"identity": {"session": {"hours": 1, "refreshMinutes": 60.0}}},
        ("E221",),
        "identity.session.refreshMinutes: 60 minutes are not shorter than a session of 1 hours",
    ),
    "published-secrets": Case(
        {
            "components": {
                "dex": {"extraEnv": {"A": PUBLISHED[0], "B": "mine"}},
                "oauth2Proxy": {"extraEnv": {"C": PUBLISHED[1]}},
            },
        },
        ("E216",) * 2,
        "components.dex.extraEnv.A: Kubeflow's own manifests publish this secret",
    ),
    "secure-cookies-in-clear-text": Case(
        {
            "gateway": {"tls": {"mode": "none"}},
            "components": {
                name: {"extraEnv": {"APP_SECURE_COOKIES": said}}
                for name, said in (
                    *(("jupyterWebApp", "true"), ("volumesWebApp", "True")),
                    ("tensorboardsWebApp", "false"),
                )
            }
            | {"oauth2Proxy": {"extraEnv": {"OAUTH2_PROXY_COOKIE_SECURE": "1"}}},
        },
        ("E223",) * 3,
        "components.jupyterWebApp.extraEnv.APP_SECURE_COOKIES: browsers keep these cookies",
    ),
    "ambient-mode": Case(
        {
            "namespaces": {
                "kubeflow": {"labels": {AMBIENT: "ambient"}},
                "auth": {"labels": {AMBIENT: "none"}},
            },
            "components": {
                "dashboard": {"podLabels": {AMBIENT: "ambient"}},
                "profileController": {"config": {"namespaceLabels": {AMBIENT: "ambient"}}},
            },
            "notebooks": {"podTemplate": {"labels": {AMBIENT: "ambient"}}},
            **tenants(labels={AMBIENT: "ambient"}),
        },
        ("E241",) * 5,
        'namespaces.kubeflow.labels["istio.io/dataplane-mode"]: Carrel\'s routes and policies are',
    ),
    "boards-without-their-controller": Case(
        {"components": {"tensorboardsWebApp": {"enabled": True}}},
        ("E213",),
        "components.tensorboardController.enabled: the TensorBoards web app makes TensorBoards",
    ),
    "boards-that-tenants-refuse": Case(
        {
            "components": {"tensorboardController": {"enabled": True}},
            "podSecurity": {"tenants": "restricted"},
        },
        ("E222",),
        "podSecurity.tenants: the pods of TensorBoards have no security context",
    ),
    "notebooks-that-tenants-refuse": Case(
        {
            "notebooks": {"podTemplate": {"securityContext": {"runAsUser": 0}}},
            "podSecurity": {"tenants": "restricted"},
        },
        ("E222",),
        "notebooks.podTemplate.securityContext.runAsUser: notebooks would run as root",
    ),
    "labels-of-notebooks": Case(
        notebooks(podTemplate={"labels": labels(*OWN_NOTEBOOK_LABELS, "team")}),
        ("E240",) * len(OWN_NOTEBOOK_LABELS),
        'notebooks.podTemplate.labels["app.kubernetes.io/name"]: the chart sets this label',
    ),
    "own-certificates-of-nobody": Case(
        {"certificates": {"mode": "existing"}},
        ("E217",),
        "certificates.caBundle: certificates.mode is existing and no authority is named",
    ),
    "same-header": Case(
        {"identity": {"userHeader": "x", "groupsHeader": "x"}}, ("E214",), "identity.groupsHeader: "
    ),
    "culling-both-silent": Case(
        notebooks(culling=CULLING),
        ("E220", "E220"),
        "notebooks.culling.enabled: codeserver-python may run, and",
    ),
    "culling-one-silent": Case(
        notebooks(culling={**CULLING, "stopsRegardlessOfUse": ["vscode"]}),
        ("E220",),
        "rstudio-tidyverse may run, and applications of type rstudio report no activity: each "
        "would be stopped 60 minutes after its start",
    ),
    "culling-several-of-a-type": Case(
        notebooks(
            culling={**CULLING, "idleMinutes": 525600.0, "stopsRegardlessOfUse": ["rstudio"]},
            images={
                "a-code": {
                    "type": "vscode",
                    "image": {"registry": "r.example", "repository": "a", "tag": "1"},
                },
                "z-code": {
                    "type": "vscode",
                    "image": {"registry": "r.example", "repository": "z", "tag": "1"},
                    "state": "hidden",
                },
            },
        ),
        ("E220",),
        "a-code, codeserver-python, z-code may run, and",
    ),
    "culling-hidden": Case(
        notebooks(
            culling=CULLING,
            images={
                "codeserver-python": {"state": "hidden"},
                "rstudio-tidyverse": {"state": "off"},
            },
        ),
        ("E220",),
        "codeserver-python may run, and applications of type vscode",
    ),
    "no-jupyter": Case(
        notebooks(images=off(*JUPYTER), defaults={"images": {"jupyter": ""}}),
        ("E230",),
        "notebooks.images: no image of type jupyter is offered",
    ),
    "unknown-images": Case(
        notebooks(defaults={"images": {"jupyter": "a", "vscode": "b", "rstudio": "c"}}),
        ("E231", "E231", "E231"),
        "notebooks.defaults.images.vscode: there is no image b in notebooks.images",
    ),
    "image-of-another-type": Case(
        notebooks(defaults={"images": {"vscode": "jupyter-scipy"}}),
        ("E232",),
        "image jupyter-scipy is not an offered image of type vscode",
    ),
    "default-is-off": Case(notebooks(images=off("jupyter-scipy")), ("E232",)),
    "default-is-hidden": Case(
        notebooks(images={"jupyter-scipy": {"state": "hidden"}}),
        ("E232",),
        "notebooks.defaults.images.jupyter: image jupyter-scipy is not an offered image",
    ),
    "unknown-default-size": Case(
        notebooks(defaults={"size": "huge"}),
        ("E233",),
        "notebooks.defaults.size: there is no size huge in notebooks.sizes",
    ),
    "unknown-largest-size": Case(
        plan(largestSize="huge"), ("E233",), "plans.standard.largestSize: there is no size huge"
    ),
    "too-much-shm": Case(
        notebooks(shm={"size": "1.25Gi"}),
        ("E234",),
        "notebooks.shm.size: 1.25Gi is more than the 1Gi of memory that the default size small has",
    ),
    "home-in-a-folder-of-the-system": Case(
        notebooks(home={"mountPath": "/dev/shm"}),  # noqa: S108
        ("E237",),
        "notebooks.home.mountPath: /dev/shm is, or is in, a folder that every image needs",
    ),
    "component-without-tag": Case(
        {"components": {"dashboard": {"image": {"tag": ""}}}},
        ("E235",),
        "components.dashboard.image: the image has neither tag nor digest; write "
        "components.dashboard.image.tag",
    ),
    "access-management-without-tag": Case(
        {"components": {"accessManagement": {"image": {"tag": ""}}}}, ("E235",)
    ),
    "notebook-image-without-tag": Case(
        image("bare"),
        ("E235",),
        "notebooks.images.bare.image: the image has neither tag nor digest; write "
        "notebooks.images.bare.image.tag",
    ),
    "component-without-digest": Case(
        {
            "images": {"requireDigest": True},
            "components": {
                **{name: {"image": {"digest": DIGEST}} for name in ALL_BUT_PROFILES},
                "volumesWebApp": {
                    "image": {"digest": DIGEST},
                    "config": {"viewer": {"image": {"digest": DIGEST}}},
                },
            },
            "notebooks": {
                "images": {
                    name: {"image": {"digest": DIGEST}}
                    for name in (*JUPYTER, "codeserver-python", "rstudio-tidyverse")
                }
            },
        },
        ("E236",),
        "components.profileController.image: images.requireDigest is on and the image has no "
        "digest; write components.profileController.image.digest",
    ),
    "images-of-two-publishers": Case(
        two_images({}, {"registry": "b.example"}),
        ("E238",),
        "notebooks.images.b.image: with images.layout path it is own.example/r:1, as is "
        "notebooks.images.a.image from a.example; write images.layout: hostPrefixed",
    ),
    "images-of-two-publishers-of-which-one-is-pinned": Case(
        two_images({"digest": DIGEST}, {"registry": "b.example"}), ("E238",)
    ),
    "own-labels-of-the-namespace": Case(
        {"namespaces": {"kubeflow": {"labels": labels(*OWN_PLATFORM_LABELS, "fine")}}},
        ("E240",) * len(OWN_PLATFORM_LABELS),
        "namespaces.kubeflow.labels.control-plane: the chart sets this label itself",
    ),
    "own-labels-of-the-homes-of-login": Case(
        {
            "namespaces": {
                role: {"labels": labels(*OWN_PLATFORM_LABELS, "fine")}
                for role in ("auth", "oauth2Proxy")
            }
        },
        ("E240",) * (2 * len(OWN_PLATFORM_LABELS) - 2),
        "namespaces.auth.labels.istio-injection: the chart sets this label itself",
    ),
    "own-labels-of-a-tenant": Case(
        tenants(labels=labels(*OWN_LABELS, "control-plane", "example.com/fine")),
        ("E240",) * len(OWN_LABELS),
        "tenants.team.labels.istio-injection: the chart sets this label itself; leave it out",
    ),
    "own-labels-of-profiles": Case(
        profile_labels(*OWN_LABELS, "fine"),
        ("E240",) * len(OWN_LABELS),
        'components.profileController.config.namespaceLabels["helm.sh/chart"]: the chart sets',
    ),
    "own-labels-of-pods": Case(
        {
            "components": {
                "dashboard": {"podLabels": labels(*OWN_POD_LABELS, "team")},
                "notebookController": {"podLabels": labels("app")},
            }
        },
        ("E240",) * (len(OWN_POD_LABELS) + 1),
        'components.dashboard.podLabels["sidecar.istio.io/inject"]: the chart sets this label',
    ),
    "both-labels-for-injection-with-a-revision": Case(
        {
            "mesh": {"revision": "1-30"},
            "namespaces": {"kubeflow": {"labels": labels("istio.io/rev", "istio-injection")}},
            **tenants(labels=labels("istio.io/rev", "istio-injection")),
            **profile_labels("istio.io/rev", "istio-injection"),
        },
        ("E240",) * 6,
        'labels["istio.io/rev"]',
    ),
    "default-cpu-too-large": Case(
        plan(requestsWhenUnset={"cpu": 8.5}),
        ("E250",),
        "plans.standard.requestsWhenUnset.cpu: 8.5 is more than the 8 of the largest size large",
    ),
    "default-cpu-too-large-as-whole-number": Case(
        plan(requestsWhenUnset={"cpu": 16.0}),
        ("E250",),
        "plans.standard.requestsWhenUnset.cpu: 16 is more than the 8 of the largest size large",
    ),
    "default-memory-too-large": Case(
        plan(largestSize="small", requestsWhenUnset={"memory": "1.01Gi"}),
        ("E250",),
        "plans.standard.requestsWhenUnset.memory: 1.01Gi is more than the 1Gi of the largest size",
    ),
    "quota-below-the-default-size": Case(
        plan(quota={"cpu": 0.2, "memory": "0.5Gi"}),
        ("E251", "E251"),
        "plans.standard.quota.memory: 0.5Gi is less than the 1Gi of the default size small, so "
        "that no notebook could start as the form offers it",
    ),
    "resources-that-no-quota-counts": Case(
        plan(quota={"gpus": {"requests.nvidia.com/gpu": 1, "limits.amd.com/gpu": 0}}),
        ("E252", "E252"),
        'plans.standard.quota.gpus["limits.amd.com/gpu"]: the row of the quota would be '
        "requests.limits.amd.com/gpu, which counts nothing; write amd.com/gpu",
    ),
    "names-in-use": Case(
        {
            "tenants": {
                name: tenant() for name in ("kubeflow", "auth", "oauth2-proxy", *CLUSTER_NAMESPACES)
            },
            "shards": {"count": 2},
        },
        ("E260",) * len((*OWN_NAMESPACES, *CLUSTER_NAMESPACES)),
        "tenants.kubeflow: a tenant becomes the namespace of its name",
    ),
    **{
        f"platform-in-{name}": Case(
            {"namespaces": {"kubeflow": {"name": name}}},
            ("E260",),
            f"namespaces.kubeflow.name: {name} is one of the cluster's own; choose another name",
        )
        for name in ("default", "carrel-system", "istio-system")
    },
    "platform-beside-its-gateway": Case(
        {
            "namespaces": {"kubeflow": {"create": False}},
            "mesh": {"gateway": {"namespace": "kubeflow"}},
        },
        ("E260",),
        "namespaces.kubeflow.name: kubeflow is one of the cluster's own",
    ),
    "names-that-the-site-puts-in-use": Case(
        {
            "namespaces": {"kubeflow": {"name": "desks"}, "auth": {"name": "login"}},
            "mesh": {"namespace": "istio", "gateway": {"namespace": "ingress"}},
            "tenants": {
                name: tenant() for name in ("desks", "istio", "ingress", "login", "kubeflow")
            },
        },
        ("E260",) * 4,
        "tenants.ingress: ",
    ),
    "unknown-plan": Case(
        tenants(plan="gold"), ("E261",), "tenants.team.plan: there is no plan gold in plans"
    ),
    "unknown-plan-in-its-own-release": Case(
        tenants(plan="gold"), ("E261",), release={"scope": "tenants"}
    ),
    "unknown-groups": Case(
        tenants(groups={"admins": "edit", "guests": "view"}) | {"groups": {"admins": [USER]}},
        ("E262",),
        "tenants.team.groups.guests: there is no group guests in groups",
    ),
    "owner-as-member": Case(
        tenants(members={USER: "view"}),
        ("E263",),
        f'tenants.team.members["{USER}"]: the owner may do everything already',
    ),
    "same-binding": Case(
        tenants(members={"a.b@example.com": "edit", "a+b@example.com": "edit"}),
        ("E264",),
        "tenants.team.members: a+b@example.com and a.b@example.com both become "
        "user-a-b-example-com-clusterrole-edit, since",
    ),
    "same-binding-through-groups": Case(
        tenants(members={"a_b@c.d": "view"}, groups={"x": "view"})
        | {"groups": {"x": ["a-b@c.d", "a.b@c.d", USER]}},
        ("E264", "E264"),
    ),
    "limit-below-the-default-request": Case(
        resources(limits={"memory": "128Mi"}),
        ("E270",),
        "components.dashboard.resources.limits.memory: 128Mi is less than the 256Mi that is "
        "requested",
    ),
    "request-above-the-default-limit": Case(
        {"components": {"accessManagement": {"resources": {"requests": {"memory": "1.5Gi"}}}}},
        ("E270",),
        "components.accessManagement.resources.limits.memory: 256Mi is less than the 1.5Gi",
    ),
    "limit-in-thousandths-of-a-byte": Case(
        resources(limits={"memory": "512m"}), ("E270",), "memory: 512m is less than the 256Mi"
    ),
    "limits-as-numbers": Case(
        resources(
            requests={"cpu": 1.5, "memory": 268435456, "example.com/odd": "3k"},
            limits={"cpu": 0.5, "memory": 134217728, "example.com/odd": 2},
        ),
        ("E270", "E270", "E270"),
        "components.dashboard.resources.limits.memory: 134217728 is less than the 268435456",
    ),
    "mounts-of-no-volume": Case(
        volumes("dashboard", {"/x": "nope", "/y": "data", "/z": "config-volume"}, data=EMPTY),
        ("E271", "E271"),
        'components.dashboard.extraVolumeMounts["/x"].name: there is no volume nope in '
        "components.dashboard.extraVolumes",
    ),
    "volumes-and-mounts-of-the-program-itself": Case(
        volumes(
            "jupyterWebApp",
            {"/etc/config": "mine", "/src/apps/default/static/assets/logos/": "mine"},
            **{"config-volume": EMPTY, "mine": EMPTY},
        ),
        ("E272", "E272", "E272"),
        "components.jupyterWebApp.extraVolumes.config-volume: the program has a volume of this "
        "name itself; choose another name",
    ),
    "secrets-in-values": Case(
        {
            "extraObjects": {
                "login": secret(data={"a": "Yg=="}),
                "token": secret(data={}, stringData={"a": "b"}),
            }
        },
        ("E280", "E280"),
        "extraObjects.login.data: everyone who may read the values or the manifests would read",
    ),
    "many-at-once": Case(
        {
            "identity": {"mode": "external", "groupsHeader": "kubeflow-userid"},
            "notebooks": {"culling": CULLING, "defaults": {"size": "huge"}},
            **plan(largestSize="tiny"),
            **tenants(plan="gold", members={USER: "edit"}),
        },
        ("E210", "E214", "E220", "E220", "E233", "E233", "E261", "E263"),
    ),
}

ACCEPTED: dict[str, dict[str, Any]] = {
    "certificate-of-an-existing-gateway": {
        "gateway": {"existing": "a/b", "tls": {"secretName": ""}}
    },
    "as-much-as-requested-in-other-words": resources(
        requests={"cpu": "1500m", "memory": "1Gi", "ephemeral-storage": "0.1G"},
        limits={"cpu": 1.5, "memory": 1073741824, "ephemeral-storage": "100M"},
    ),
    "a-limit-without-a-request": resources(limits={"cpu": "1m"}, requests={"cpu": None}),
    "another-mount-of-the-programs-own-volume": volumes(
        "profileController", {"/labels": "namespace-labels", "/etc": "mine"}, mine=EMPTY
    ),
    "secrets-without-data": {
        "extraObjects": {
            "filled-by-the-cluster": secret(type="kubernetes.io/service-account-token"),
            "of-another-group": secret(apiVersion="example.com/v1", data={"a": "b"}),
            "no-secret": secret(kind="ConfigMap", data={"a": "b"}),
        }
    },
    "no-dashboard-and-no-profile-controller": {
        "components": {"dashboard": {"enabled": False}, "profileController": {"enabled": False}}
    },
    "no-authority-where-nothing-is-signed": {
        "certificates": {"mode": "existing"},
        "components": {
            "volumesWebApp": {"enabled": False},
            "pvcviewerController": {"enabled": False},
            "podDefaults": {"enabled": False},
        },
    },
    "silent-images-off": notebooks(
        culling=CULLING, images=off("codeserver-python", "rstudio-tidyverse")
    ),
    "as-much-shm-as-memory": notebooks(shm={"size": "1Gi"}),
    "too-much-shm-that-is-off": notebooks(shm={"size": "9Gi", "enabled": False}),
    "as-much-as-the-largest-size": plan(requestsWhenUnset={"cpu": 8, "memory": "32.0Gi"}),
    "nothing-at-all": plan(quota={"cpu": 0, "memory": "0Gi", "notebooks": 0}),
    "exactly-one-notebook": plan(quota={"cpu": 0.5, "memory": "1.0Gi"}),
    "digest-without-tag": image(
        "bare",
        image={"registry": "r.example", "repository": "r", "tag": "", "digest": DIGEST},
    ),
    "the-same-image-twice": two_images({}, {}),
    "images-of-other-tags": two_images({}, {"registry": "b.example", "tag": "2"}),
    "images-of-the-same-bytes": two_images(
        {"digest": DIGEST}, {"registry": "b.example", "digest": DIGEST}
    ),
    "images-told-apart-by-their-publishers": {
        **two_images({}, {"registry": "b.example"}),
        "images": {"registry": "own.example", "layout": "hostPrefixed"},
    },
    "no-tag-where-nothing-starts": {
        "components": {"dashboard": {"enabled": False, "image": {"tag": ""}}},
        **image("bare", state="off"),
    },
    "same-words-other-role": tenants(members={"a.b@c.d": "edit", "a-b@c.d": "view"}),
    "archived-has-no-members": tenants(
        state="archived", members={"a.b@c.d": "edit", "a-b@c.d": "edit"}
    ),
    "a-tenant-of-any-other-name": {"tenants": {"kube": tenant(), "istio": tenant()}},
    "connectors-with-all-they-need": merged(
        {"gateway": {"host": "desks.example"}},
        dex(
            connectors={
                "kc": {
                    "type": "oidc",
                    "title": "Keycloak",
                    "existingSecret": "kc",
                    "oidc": {"issuer": "https://login.example", "clientId": "dex"},
                }
            }
        ),
    ),
    "a-directory-needs-no-host": dex(
        connectors={
            "staff": {
                "type": "ldap",
                "title": "Staff",
                "existingSecret": "staff",
                "ldap": {"host": "l", "bindDn": "cn=a", "userSearch": {"baseDn": "ou=b"}},
            }
        }
    ),
    "labels-of-your-own": {
        "namespaces": {"kubeflow": {"labels": labels("a", "b.c/d")}},
        **tenants(labels=labels("a", "b.c/d")),
    },
}


@pytest.fixture(scope="module")
def defaults(project_root: Path) -> dict[str, Any]:
    document, _ = read_values((project_root / "chart/values.yaml").read_bytes(), "values.yaml")
    assert document is not None
    return document.values


@pytest.fixture
def found(defaults: dict[str, Any], case: Case) -> list[tuple[str, str]]:
    """Code and sentence of each error that the generator finds."""
    return list(findings(defaults, case.values, case.release))


def findings(
    defaults: dict[str, Any], values: "Values", release: "Values"
) -> Iterator[tuple[str, str]]:
    fewest = {
        "site": {"name": "bare", "platform": "vanilla"},
        "platform": {"name": "vanilla", "proved": True},
        "identity": {"mode": "demo", "demo": {"user": "user@example.com"}},
    }
    scope = {key: release[key] for key in ("scope", "shard") if key in release}
    layers = []
    for values_of_layer in (fewest, values, scope):
        document, _ = read_values(json.dumps(values_of_layer).encode(), "site.yaml")
        assert document is not None
        layers.append(Layer("site", "", document.values, document.keys, document.spans))
    for each in check(resolve(defaults, layers)):
        if each.severity is Severity.ERROR:
            yield each.code, f"{each.path}: {each.message}"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_chart_and_the_generator_say_the_same(
    chart: "Chart", case: Case, found: list[tuple[str, str]]
) -> None:
    assert sorted(code for code, _ in found) == list(case.codes)
    said = chart.refusal("", case.values, **case.release).splitlines()
    assert sorted(said) == sorted(sentence for _, sentence in found)
    assert any(case.said in line for line in said)


@pytest.mark.parametrize("values", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_both_accept(chart: "Chart", defaults: dict[str, Any], values: dict[str, Any]) -> None:
    assert list(findings(defaults, values, {})) == []
    chart.render("", values)
    chart.render("", values, scope="tenants")


def test_a_hidden_image_is_judged_by_the_generator_alone(
    chart: "Chart", defaults: dict[str, Any]
) -> None:
    # The chart writes no reference to it where any image is let in; the image list of a site does.
    values: Any = merged(image("bare", state="hidden"), notebooks(form={"customImages": True}))
    assert [code for code, _ in findings(defaults, values, {})] == ["E235"]
    chart.render("", values)


def test_every_image_that_something_starts_from_is_compared_with_the_others(
    chart: "Chart", defaults: dict[str, Any]
) -> None:
    blocks = list(image_blocks(SiteValues(resolve(defaults, []))))
    copies = {
        f"z-{number:02}": {"type": "jupyter", "image": {**block, "registry": "other.example"}}
        for number, (_, block) in enumerate(blocks)
    }
    own = {"registry": "own.example", "layout": "path"}
    values = notebooks(images=copies) | {"images": own}
    found = [sentence for code, sentence in findings(defaults, values, {}) if code == "E238"]
    assert len(found) == len(blocks) > 11
    assert sorted(chart.refusal("", values).splitlines()) == sorted(found)


def test_images_fail_one_at_a_time(chart: "Chart", defaults: dict[str, Any]) -> None:
    values = {"images": {"requireDigest": True}}
    sentences = {sentence for code, sentence in findings(defaults, values, {}) if code == "E236"}
    assert len(sentences) == 16
    assert chart.refusal("", values) in sentences


def test_nothing_is_said_of_the_example_sites(chart: "Chart", releases: list[Any]) -> None:
    for site, scope, shard in releases:
        chart.render(site, scope=scope, shard=shard)


def test_every_code_of_the_rules_has_a_case(project_root: Path) -> None:
    rules = (project_root / "generator/carrel/rules").glob("*.py")
    used = {code for file in rules for code in re.findall(r'"(E2\d\d)"', file.read_text())}
    assert used <= CODES.keys()
    assert used == {code for case in CASES.values() for code in case.codes}


def test_every_sentence_of_the_chart_has_a_case(chart: "Chart", templates: dict[str, str]) -> None:
    """A sentence begins a line with the path of a value and a colon, or is given to `fail`."""
    said = [
        line
        for case in CASES.values()
        for line in chart.refusal("", case.values, **case.release).splitlines()
    ]
    said += [line for lines in RELEASES.values() for line in lines[2]]
    text = templates["_lib/validate.tpl"]
    sentences = re.findall(r"^[a-z].*: .*$", text, re.M)
    assert len(sentences) > 20
    for sentence in sentences:
        pattern = re.sub(r"\\\{\\\{.*?\\\}\\\}", ".*", re.escape(sentence))
        assert any(re.fullmatch(pattern, line) for line in said), sentence


NO_SITE = (
    "site.name: no site is named; give the site's files with "
    "-f values/platforms/<platform>.yaml -f values/sites/<site>/site.yaml"
)
AS_PLATFORM = (
    "scope: release carrel-tenants-00 is named as a tenants release but its scope is platform, "
    "which would delete the tenants' objects; set scope to tenants, or name the release carrel"
)
AS_TENANTS = (
    "scope: release carrel has scope tenants but is not named so, and would delete the platform; "
    "name it carrel-tenants-01"
)
OTHER_SHARD = (
    "shard: release carrel-tenants-00 is named for another shard than 1; its name ends in the "
    "shard's two digits"
)
IN_KUBEFLOW = (
    "namespaces.kubeflow.name: the release's record lives in namespace kubeflow, which the chart "
    "makes itself; install with -n carrel-system --create-namespace"
)
IN_TENANT = (
    "tenants.team: the release's record lives in that namespace; install with -n carrel-system "
    "--create-namespace"
)
NO_SUCH_SHARD = "shard: there is no shard 3, shards.count is 3 and they are counted from 0"
TWO_SHARDS = {"shards": {"count": 2}}

RELEASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "platform-named-as-tenants": ({}, {"name": "carrel-tenants-00"}, [AS_PLATFORM]),
    "tenants-named-as-platform": (
        TWO_SHARDS,
        {"scope": "tenants", "shard": 1, "name": "carrel"},
        [AS_TENANTS],
    ),
    "tenants-of-another-shard": (
        TWO_SHARDS,
        {"scope": "tenants", "shard": 1, "name": "carrel-tenants-00"},
        [OTHER_SHARD],
    ),
    "tenants-of-a-shard-too-high": (
        {"shards": {"count": 3.0}},
        {"scope": "tenants", "shard": 3},
        [NO_SUCH_SHARD],
    ),
    "in-the-namespace-that-the-chart-makes": ({}, {"namespace": "kubeflow"}, [IN_KUBEFLOW]),
    "in-a-tenant": ({"tenants": {"team": tenant()}}, {"namespace": "team"}, [IN_TENANT]),
}


@pytest.mark.parametrize(("values", "release", "said"), RELEASES.values(), ids=RELEASES.keys())
def test_a_release_that_would_do_harm_is_refused(
    chart: "Chart", values: dict[str, Any], release: dict[str, Any], said: list[str]
) -> None:
    assert chart.refusal("", values, **release).splitlines() == said


@pytest.mark.parametrize("name", ["carrel", "desks", "carrel-tenants", "tenants-00", "x-tenants-0"])
def test_a_platform_may_have_any_other_name(chart: "Chart", name: str) -> None:
    chart.render("", name=name)


@pytest.mark.parametrize(
    ("name", "shard"), [("carrel-tenants-00", 0), ("desks-tenants-07", 7), ("a-tenants-42", 42)]
)
def test_a_tenants_release_is_named_for_its_shard(chart: "Chart", name: str, shard: int) -> None:
    count = {"shards": {"count": 100}}
    chart.render("", count, scope="tenants", shard=shard, name=name)
    other = f"{name[:-2]}{shard + 1:02}"
    assert "two digits" in chart.refusal("", count, scope="tenants", shard=shard, name=other)


def test_the_namespace_of_another_owner_may_hold_the_release(chart: "Chart") -> None:
    chart.render("", {"namespaces": {"kubeflow": {"create": False}}}, namespace="kubeflow")


def test_no_site_is_refused_first(chart: "Chart") -> None:
    values = {"site": {"name": ""}, "identity": {"mode": "external"}}
    assert chart.refusal("", values) == NO_SITE


def test_a_site_that_names_no_platform_is_told_to(chart: "Chart") -> None:
    for name in ("", "vanilla"):
        said = chart.refusal("", {"site": {"platform": ""}, "platform": {"name": name}})
        assert said == (
            "site.platform: the site does not name its platform; write the name of a file in "
            "values/platforms/, such as vanilla"
        )


def test_a_forgotten_platform_layer_is_named(chart: "Chart") -> None:
    for name in ("", "eks"):
        said = chart.refusal("", {"platform": {"name": name}})
        assert said == (
            f'site.platform: the site is for platform "vanilla", but the platform layer in use is '
            f'"{name}"; give -f values/platforms/vanilla.yaml before the site\'s file'
        )


@pytest.mark.parametrize("case", ["unknown-plan-in-its-own-release", "many-at-once"])
def test_no_other_template_stumbles_first(chart: "Chart", case: str, request: Any) -> None:
    """Helm runs the deepest templates first, and some cannot do without what is missing."""
    for name in ("helm318", "helm3", "helm4"):
        helm = request.getfixturevalue(name)
        said = chart.refusal("", CASES[case].values, helm=helm, **CASES[case].release)
        assert "tenants.team.plan: there is no plan gold in plans" in said.splitlines()
        assert "evaluat" not in said
