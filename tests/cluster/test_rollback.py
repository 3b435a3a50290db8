"""An upgrade that the server refuses halfway can be rolled back, and the release goes on."""

from typing import Any

from tests.cluster.api import Api
from tests.cluster.cluster import Cluster, changed, told
from tests.cluster.conftest import Install
from tests.cluster.installation import FEW, succeeds

from carrel.tools.helm import Helm

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
IMAGE = {"components": {"dashboard": {"image": {"tag": "v9.9.9"}}}}


def test_a_bad_upgrade_is_rolled_back(fresh_cluster: Cluster, install: Install, helm: Helm) -> None:
    installation = install(fresh_cluster, helm).with_tenants(*FEW)
    api = fresh_cluster.api
    installation.everything(shards=[0])
    before, image = fresh_cluster.settled(), _image(api)

    done = installation.having(IMAGE, REFUSED).platform()

    assert done.returncode != 0
    assert "70000" in told(done)
    assert installation.history()[-1]["status"] == "failed"
    succeeds(installation.run("rollback", "carrel"))
    after = fresh_cluster.settled()
    assert _image(api) == image
    assert _lasting(changed(before, after)) == {}

    succeeds(installation.having(IMAGE).platform())
    assert _image(api).endswith(":v9.9.9")
    assert installation.history()[-1]["status"] == "deployed"
    succeeds(installation.platform())
    assert _image(api) == image


def _image(api: Api) -> str:
    found: Any = api.get("deployments.apps", "dashboard", "kubeflow")
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


def _lasting(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without the dashboard, which changed and changed back, and what its pods left."""
    lasting = {
        word: [each for each in names if "dashboard" not in each] for word, names in found.items()
    }
    return {word: names for word, names in lasting.items() if names}
