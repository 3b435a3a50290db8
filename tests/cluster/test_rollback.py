"""An upgrade that the server refuses halfway can be rolled back, and the release goes on."""

import re
from typing import Any

from tests.cluster.api import Api
from tests.cluster.cluster import changed, told
from tests.cluster.installation import Installation, succeeds

REFUSED = {
    "extraObjects": {
        "refused": {
            # The schemas of charts cannot say that a port has a highest number.
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "refused", "namespace": "kubeflow"},
            "spec": {"ports": [{"port": 70000}]},
        }
    }
}
DASHBOARD = re.compile(
    r"(deployments|endpointslices|endpoints|pods|replicasets)\S* kubeflow dashboard"
)
IMAGE = {"components": {"dashboard": {"image": {"tag": "v9.9.9"}}}}


def test_a_bad_upgrade_is_rolled_back(campus: Installation) -> None:
    cluster, api = campus.cluster, campus.cluster.api
    before, image = cluster.settled(), _image(api)

    done = campus.having(IMAGE, REFUSED).platform()

    assert done.returncode != 0
    assert "70000" in told(done)
    assert campus.history()[-1]["status"] == "failed"
    succeeds(campus.run("rollback", "carrel"))
    after = cluster.settled()
    assert _image(api) == image
    assert _lasting(changed(before, after)) == {}

    succeeds(campus.having(IMAGE).platform())
    assert _image(api).endswith(":v9.9.9")
    assert campus.history()[-1]["status"] == "deployed"


def _image(api: Api) -> str:
    found: Any = api.get("deployments.apps", "dashboard", "kubeflow")
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


def _lasting(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without the dashboard, which changed and changed back, and what its pods left."""
    lasting = {
        word: [each for each in names if not DASHBOARD.match(each)] for word, names in found.items()
    }
    return {word: names for word, names in lasting.items() if names}
