"""Test code, never shipped: stops a Notebook whose server tells nothing, as the real culler does.

Held against a recording of notebook-controller v1.11.0 by test_stand_ins.py. No server answers in
a cluster without containers, so that nothing ever counts as activity.
"""

from datetime import UTC, datetime, timedelta

from tests.cluster.api import Api
from tests.cluster.stand_ins.notebooks import STOPPED

LAST_ACTIVITY = "notebooks.kubeflow.org/last-activity"
LAST_CHECK = "notebooks.kubeflow.org/last_activity_check_timestamp"

_TIME = "%Y-%m-%dT%H:%M:%SZ"


def check(api: Api, name: str, namespace: str, idle: timedelta) -> None:
    """Do what the culler does to a Notebook once in each period.

    Args:
        api: its own way to the server.
        name: of the Notebook.
        namespace: of the Notebook.
        idle: `CULL_IDLE_TIME`, which for the real one is in whole minutes.
    """
    now = datetime.now(UTC)
    own = api.get("notebooks.kubeflow.org", name, namespace)["metadata"].get("annotations", {})
    wanted: dict[str, str | None]
    if STOPPED in own or api.find("pods", f"{name}-0", namespace) is None:
        wanted = {LAST_ACTIVITY: None, LAST_CHECK: None} if LAST_ACTIVITY in own else {}
    elif LAST_ACTIVITY not in own:
        wanted = dict.fromkeys((LAST_ACTIVITY, LAST_CHECK), now.strftime(_TIME))
    elif datetime.strptime(own[LAST_ACTIVITY], _TIME).replace(tzinfo=UTC) + idle < now:
        wanted = {STOPPED: now.strftime(_TIME)}
    else:
        wanted = {LAST_CHECK: now.strftime(_TIME)}
    if wanted:
        body = {"metadata": {"annotations": wanted}}
        api.patch("notebooks.kubeflow.org", name, namespace, body)
