"""What the API server demands of core types beyond what their published schemas say.

Data, from k8s.io/api/core/v1/types.go and pkg/apis/core/validation/validation.go of Kubernetes
1.36. A choice that an alpha feature adds (`Lt` and `Gt` of tolerations, 1.35) is not one: no server
takes it unless it is told to.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_SELECTOR = ["In", "NotIn", "Exists", "DoesNotExist"]
_INCLUSION = {"enum": ["Honor", "Ignore"]}
_PROFILE = {"enum": ["RuntimeDefault", "Localhost", "Unconfined"]}
_WEIGHT = {"minimum": 1, "maximum": 100}

LIMITS: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "io.k8s.api.core.v1.AppArmorProfile": {"type": _PROFILE},
        "io.k8s.api.core.v1.NodeSelectorRequirement": {
            "operator": {"enum": [*_SELECTOR, "Gt", "Lt"]}
        },
        "io.k8s.api.core.v1.PodSecurityContext": {
            "fsGroupChangePolicy": {"enum": ["OnRootMismatch", "Always"]},
            "seLinuxChangePolicy": {"enum": ["Recursive", "MountOption"]},
            "supplementalGroupsPolicy": {"enum": ["Merge", "Strict"]},
        },
        "io.k8s.api.core.v1.PreferredSchedulingTerm": {"weight": _WEIGHT},
        "io.k8s.api.core.v1.SeccompProfile": {"type": _PROFILE},
        "io.k8s.api.core.v1.SecurityContext": {"procMount": {"enum": ["Default", "Unmasked"]}},
        "io.k8s.api.core.v1.Toleration": {
            "effect": {"enum": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
            "operator": {"enum": ["Equal", "Exists"]},
        },
        "io.k8s.api.core.v1.TopologySpreadConstraint": {
            "maxSkew": {"minimum": 1},
            "minDomains": {"minimum": 1},
            "nodeAffinityPolicy": _INCLUSION,
            "nodeTaintsPolicy": _INCLUSION,
            "whenUnsatisfiable": {"enum": ["DoNotSchedule", "ScheduleAnyway"]},
        },
        "io.k8s.api.core.v1.WeightedPodAffinityTerm": {"weight": _WEIGHT},
        "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement": {
            "operator": {"enum": _SELECTOR}
        },
    }
)
"""Type → field → further keywords of the field's schema."""

CONDITIONS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "io.k8s.api.core.v1.Toleration": {
            "if": {"properties": {"operator": {"const": "Exists"}}, "required": ["operator"]},
            "then": {"properties": {"value": {"maxLength": 0}}},
        }
    }
)
"""Type → keywords of its own schema."""
