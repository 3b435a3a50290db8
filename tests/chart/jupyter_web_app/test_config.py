"""jupyter-web-app/config.yaml, _lib/notebooks.tpl: the form and the Notebook that it starts from.

The web app trusts both files blindly: a missing key or an amount of another form is an internal
error for everyone (crud-web-apps/jupyter: backend/apps/common/{form,utils,volumes}.py,
frontend/src/app/pages/form/form-new/utils.ts).
"""

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

SHM = "/dev/shm"  # noqa: S108
TABS = {"jupyter": "image", "vscode": "imageGroupOne", "rstudio": "imageGroupTwo"}
SERVER_TYPES = {"image": "jupyter", "imageGroupOne": "group-one", "imageGroupTwo": "group-two"}

READ_WITHOUT_ASKING = (
    *("allowCustomImage", "hideRegistry", "hideTag"),
    *("image.value", "image.options", "imageGroupOne.value", "imageGroupOne.options"),
    *("imageGroupTwo.value", "imageGroupTwo.options", "imagePullPolicy.value"),
    *("cpu.value", "cpu.limitFactor", "memory.value", "memory.limitFactor"),
    *("gpus.value.num", "gpus.value.vendor", "gpus.value.vendors"),
    *("workspaceVolume.value", "dataVolumes.value", "shm.value", "configurations.value"),
    *("affinityConfig.value", "affinityConfig.options"),
    *("tolerationGroup.value", "tolerationGroup.options", "environment.value"),
)


def form_of(manifest: "Manifest") -> dict[str, Any]:
    """The settings as the web app reads them: with PyYAML, below one key."""
    text = manifest.data("jupyter-web-app-config", "spawner_ui_config.yaml")
    form: dict[str, Any] = yaml.safe_load(text)["spawnerFormDefaults"]
    return form


def template_of(manifest: "Manifest") -> str:
    return manifest.data("jupyter-web-app-notebook-template", "notebook_template.yaml")


def requested(form: dict[str, Any], name: str, tab: str = "image") -> dict[str, Any]:
    """What the browser sends when someone types a name and touches nothing else."""
    sent = {
        field: setting["value"]
        for field, setting in form.items()
        if isinstance(setting, dict) and not setting.get("readOnly")
    }
    sent |= {"name": name, "image": form[tab]["value"], "serverType": SERVER_TYPES[tab]}
    for amount in ("cpu", "memory"):
        number = float(form[amount]["value"].removesuffix("Gi"))
        unit = "Gi" if amount == "memory" else ""
        factor = form[amount]["limitFactor"]
        sent[amount] = f"{number:g}{unit}"
        if factor != "none":
            sent[f"{amount}Limit"] = f"{number * float(factor):.1f}{unit}"
    return sent


def created(manifest: "Manifest", name: str, tab: str = "image", **chosen: Any) -> Any:
    """The Notebook that the web app makes of the template, its settings and a request."""
    form = form_of(manifest)
    request = requested(form, name, tab) | chosen

    def answer(field: str) -> Any:
        if form[field].get("readOnly"):
            assert field not in request, f"{field} is read-only and was sent: a bad request"
            return form[field]["value"]
        return request[field]

    filled = template_of(manifest).format(
        name=name, namespace="team", serviceAccount="default-editor", creator="ada@example.com"
    )
    notebook = yaml.safe_load(filled)
    pod = notebook["spec"]["template"]["spec"]
    container = pod["containers"][0]
    container["image"] = answer("image")
    container["imagePullPolicy"] = answer("imagePullPolicy")
    notebook["metadata"]["annotations"]["notebooks.kubeflow.org/server-type"] = SERVER_TYPES[tab]
    for resource in ("cpu", "memory"):
        container["resources"]["requests"][resource] = answer(resource)
        limit = request.get(f"{resource}Limit")
        if limit is not None:
            assert float(limit.removesuffix("Gi")) >= float(request[resource].removesuffix("Gi"))
            container["resources"].setdefault("limits", {})[resource] = limit
    gpus = answer("gpus")
    if gpus["num"] != "none":
        container["resources"].setdefault("limits", {})[gpus["vendor"]] = str(gpus["num"])
    for group in form["tolerationGroup"]["options"]:
        if group["groupKey"] == answer("tolerationGroup"):
            pod["tolerations"].extend(group["tolerations"])
    for group in form["affinityConfig"]["options"]:
        if group["configKey"] == answer("affinityConfig"):
            pod["affinity"] = group["affinity"]
    for label in answer("configurations"):
        notebook["metadata"]["labels"][label] = "true"
    if answer("shm"):
        pod["volumes"].append({"name": "dshm", "emptyDir": {"medium": "Memory"}})
        container["volumeMounts"].append({"name": "dshm", "mountPath": SHM})
    home = request.get("workspace", form["workspaceVolume"]["value"])
    for volume in (*answer("dataVolumes"), *([home] if home else [])):
        claim = volume["newPvc"]["metadata"]["name"].replace("{notebook-name}", name)
        pod["volumes"].append({"name": claim, "persistentVolumeClaim": {"claimName": claim}})
        container["volumeMounts"].append({"name": claim, "mountPath": volume["mount"]})
    return notebook


def listed(notebook: Any) -> dict[str, Any]:
    """What the list of notebooks takes from each; one that lacks a field breaks the whole list."""
    container = notebook["spec"]["template"]["spec"]["containers"][0]
    assert notebook["spec"]["template"]["spec"]["volumes"] is not None
    return {
        "cpu": container["resources"]["requests"]["cpu"],
        "memory": container["resources"]["requests"]["memory"],
        "image": container["image"].split("/")[-1],
        "volumes": [mount["name"] for mount in container["volumeMounts"]],
        "type": notebook["metadata"]["annotations"]["notebooks.kubeflow.org/server-type"],
    }


def images(names_and_types: dict[str, str], **shared: Any) -> dict[str, Any]:
    """A catalogue of small images."""
    return {
        name: {"type": type_, "image": {"registry": "r.example", "repository": name, "tag": "1"}}
        | shared
        for name, type_ in names_and_types.items()
    }


def missing(form: dict[str, Any]) -> list[str]:
    """Those of the keys that are not there."""
    found = []
    for key in READ_WITHOUT_ASKING:
        value: Any = form
        for part in key.split("."):
            if part not in value:
                found.append(key)
                break
            value = value[part]
    return found


def test_every_key_that_is_read_without_asking_is_there(
    platforms: dict[str, "Manifest"], site: str
) -> None:
    assert missing(form_of(platforms[site])) == []


def test_keys_that_are_read_are_there_when_everything_optional_is_off(chart: "Chart") -> None:
    off = {"home": {"enabled": False}, "shm": {"enabled": False}}
    assert missing(form_of(chart.render("", {"notebooks": off}))) == []


@pytest.mark.parametrize(
    ("cpu", "memory", "shown"),
    [
        (0.5, "1Gi", ("0.5", "1Gi")),
        (1, "4Gi", ("1", "4Gi")),
        (2.0, "0.5Gi", ("2", "0.5Gi")),
        (1024, "1000000Gi", ("1024", "1000000Gi")),
        (0.125, "12.75Gi", ("0.125", "12.75Gi")),
    ],
)
def test_amounts_are_plain_numbers_as_text_and_memory_is_in_gi(
    chart: "Chart", cpu: float, memory: str, shown: tuple[str, str]
) -> None:
    sizes = {"small": {"cpu": cpu, "memory": memory}, "large": {"cpu": 1024, "memory": "9000000Gi"}}
    room = {"standard": {"quota": {"cpu": 1024, "memory": "1000000Gi"}}}
    values = {"notebooks": {"sizes": sizes, "shm": {"size": "0.1Gi"}}, "plans": room}
    form = form_of(chart.render("", values))
    assert (form["cpu"]["value"], form["memory"]["value"]) == shown
    assert float(form["cpu"]["value"]) == cpu


def test_the_form_starts_with_the_default_size(chart: "Chart") -> None:
    room = {"plans": {"standard": {"quota": {"memory": "128Gi"}}}}
    form = form_of(chart.render("campus", {"notebooks": {"defaults": {"size": "large"}}, **room}))
    assert (form["cpu"]["value"], form["memory"]["value"]) == ("16", "120Gi")


@pytest.mark.parametrize(("factor", "text"), [(1.2, "1.2"), (2, "2"), (100, "100"), (1, "1")])
def test_the_limit_factor_is_a_number_as_text(chart: "Chart", factor: float, text: str) -> None:
    values = {"notebooks": {"limitFactor": {"cpu": factor, "memory": factor}}}
    form = form_of(chart.render("", values))
    assert form["cpu"]["limitFactor"] == form["memory"]["limitFactor"] == text


def test_the_limit_factor_none_gives_a_notebook_without_limits(chart: "Chart") -> None:
    values = {"notebooks": {"limitFactor": {"cpu": "none", "memory": "none"}}}
    manifest = chart.render("", values)
    form = form_of(manifest)
    assert form["cpu"]["limitFactor"] == form["memory"]["limitFactor"] == "none"
    container = created(manifest, "quiet")["spec"]["template"]["spec"]["containers"][0]
    assert "limits" not in container["resources"]


def test_each_tab_starts_with_an_image_that_it_offers(
    platforms: dict[str, "Manifest"], site: str
) -> None:
    form = form_of(platforms[site])
    for tab in TABS.values():
        assert form[tab]["value"] in form[tab]["options"] or form[tab] == {
            "value": "",
            "options": [],
        }
    assert form["image"]["options"]


def test_a_tab_starts_with_the_image_that_it_is_told_to(chart: "Chart") -> None:
    chosen = {"defaults": {"images": {"vscode": "zed"}}}
    catalogue = {"images": images({"zed": "vscode"})}
    form = form_of(chart.render("", {"notebooks": chosen | catalogue}))
    assert form["imageGroupOne"]["value"] == "r.example/zed:1"


def test_a_tab_without_a_default_starts_with_its_first_image_by_name(chart: "Chart") -> None:
    values = {"notebooks": {"images": images({"b-code": "vscode", "a-code": "vscode"})}}
    form = form_of(chart.render("", values))
    assert form["imageGroupOne"]["value"] == "r.example/a-code:1"
    assert form["imageGroupOne"]["options"][:2] == ["r.example/a-code:1", "r.example/b-code:1"]


@pytest.mark.parametrize("state", ["hidden", "off"])
def test_images_that_are_hidden_or_off_are_not_offered(chart: "Chart", state: str) -> None:
    shown = form_of(chart.render("", {"notebooks": {"images": images({"extra": "rstudio"})}}))
    gone = form_of(
        chart.render("", {"notebooks": {"images": images({"extra": "rstudio"}, state=state)}})
    )
    offered = shown["imageGroupTwo"]["options"]
    assert "r.example/extra:1" in offered
    assert gone["imageGroupTwo"]["options"] == [each for each in offered if "extra" not in each]


def test_vault_offers_neither_what_it_hides_nor_what_it_turns_off(
    platforms: dict[str, "Manifest"],
) -> None:
    form = form_of(platforms["vault"])
    assert form["imageGroupOne"] == form["imageGroupTwo"] == {"value": "", "options": []}
    names = {each.rsplit("/", 1)[1].split(":")[0] for each in form["image"]["options"]}
    assert "jupyter-pytorch-cuda-full" in names
    assert "jupyter-tensorflow-full" not in names


def test_the_kinds_of_gpu_are_those_of_the_offered_images(chart: "Chart") -> None:
    assert form_of(chart.render("lab"))["gpus"]["value"]["vendors"] == []
    nvidia = {"limitsKey": "nvidia.com/gpu", "uiName": "NVIDIA"}
    assert form_of(chart.render("campus"))["gpus"]["value"]["vendors"] == [nvidia]
    more = images({"rocm": "jupyter"}, gpu="amd") | images({"habana": "jupyter"}, gpu="gaudi")
    vendors = form_of(chart.render("lab", {"notebooks": {"images": more}}))["gpus"]["value"]
    assert [each["limitsKey"] for each in vendors["vendors"]] == ["amd.com/gpu", "habana.ai/gaudi"]


def test_a_hidden_image_offers_no_gpu(chart: "Chart") -> None:
    hidden = images({"rocm": "jupyter"}, gpu="amd", state="hidden")
    form = form_of(chart.render("lab", {"notebooks": {"images": hidden}}))
    assert form["gpus"]["value"]["vendors"] == []


def test_groups_of_nodes_reach_the_notebook(platforms: dict[str, "Manifest"]) -> None:
    campus = platforms["campus"]
    form = form_of(campus)
    assert [each["configKey"] for each in form["affinityConfig"]["options"]] == ["a100", "a10g"]
    assert form["affinityConfig"]["options"][1]["displayName"].startswith("A10G, shared")
    notebook = created(campus, "gpu", affinityConfig="a10g", tolerationGroup="gpu")
    pod = notebook["spec"]["template"]["spec"]
    assert pod["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]
    terms = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert terms["nodeSelectorTerms"][0]["matchExpressions"][0]["values"] == ["NVIDIA-A10G-SHARED"]
    untouched = created(campus, "plain")["spec"]["template"]["spec"]
    assert untouched["tolerations"] == []
    assert "affinity" not in untouched


def test_the_form_survives_text_that_other_readers_of_yaml_take_for_something_else(
    chart: "Chart",
) -> None:
    odd = ["=", "<<", "on", "0123", "1e3", "1_000", "12:30", "2024-01-01", "~", "{name}", "a: b"]
    expression = {"key": "zone", "operator": "In", "values": odd}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    group = {"title": "on", "affinity": affinity}
    form = form_of(chart.render("", {"notebooks": {"affinityGroups": {"true": group}}}))
    assert form["affinityConfig"]["options"] == [
        {"configKey": "true", "displayName": "on", "affinity": affinity}
    ]


def test_a_home_is_a_new_claim_of_the_notebooks_name(platforms: dict[str, "Manifest"]) -> None:
    home = form_of(platforms["vault"])["workspaceVolume"]["value"]
    assert home["mount"] == "/home/jovyan"
    assert home["newPvc"] == {
        "metadata": {"name": "{notebook-name}-workspace"},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": "50Gi"}},
            "storageClassName": "shared-files",
        },
    }
    pod = created(platforms["vault"], "first")["spec"]["template"]["spec"]
    assert {"name": "first-workspace", "mountPath": "/home/jovyan"} in pod["containers"][0][
        "volumeMounts"
    ]


def test_without_a_storage_class_the_cluster_chooses(platforms: dict[str, "Manifest"]) -> None:
    spec = form_of(platforms["lab"])["workspaceVolume"]["value"]["newPvc"]["spec"]
    assert "storageClassName" not in spec


def test_a_home_that_is_off_is_null_and_not_absent(chart: "Chart") -> None:
    manifest = chart.render("lab", {"notebooks": {"home": {"enabled": False}}})
    assert form_of(manifest)["workspaceVolume"] == {"readOnly": False, "value": None}
    pod = created(manifest, "homeless")["spec"]["template"]["spec"]
    assert [volume["name"] for volume in pod["volumes"]] == ["dshm"]


def test_the_settings_are_a_folder_under_a_fixed_name_so_that_they_reload_live(
    chart: "Chart",
) -> None:
    pods = []
    for values in ({}, {"notebooks": {"form": {"customImages": True}, "home": {"size": "7Gi"}}}):
        manifest = chart.render("lab", values)
        pods.append(manifest.pods()["jupyter-web-app-deployment"])
        manifest.get("ConfigMap", "jupyter-web-app-config")
    assert pods[0] == pods[1]
    (mount,) = (
        each
        for each in pods[0]["spec"]["containers"][0]["volumeMounts"]
        if each["name"] == "config-volume"
    )
    # A file mounted by subPath is never refreshed.
    assert mount == {"name": "config-volume", "mountPath": "/etc/config"}


def test_what_the_form_lets_people_see_and_type(chart: "Chart") -> None:
    form = form_of(chart.render("lab"))
    assert (form["allowCustomImage"], form["hideRegistry"], form["hideTag"]) == (False, True, False)
    shown = {"customImages": True, "showRegistry": True, "showTag": False}
    form = form_of(chart.render("lab", {"notebooks": {"form": shown}}))
    assert (form["allowCustomImage"], form["hideRegistry"], form["hideTag"]) == (True, False, True)


def test_the_pull_policy_is_the_sites(chart: "Chart") -> None:
    form = form_of(chart.render("lab", {"images": {"pullPolicy": "Never"}}))
    assert form["imagePullPolicy"]["value"] == "Never"


def test_shared_memory_has_a_size_and_the_forms_own_cannot_be_added(chart: "Chart") -> None:
    manifest = chart.render("lab", {"notebooks": {"shm": {"size": "0.75Gi"}}})
    # The form's own has no size, and a second volume of its name would be refused.
    assert form_of(manifest)["shm"] == {"readOnly": True, "value": False}
    pod = created(manifest, "roomy")["spec"]["template"]["spec"]
    shm = [each for each in pod["volumes"] if each["name"] == "dshm"]
    assert shm == [{"name": "dshm", "emptyDir": {"medium": "Memory", "sizeLimit": "0.75Gi"}}]
    assert {"name": "dshm", "mountPath": SHM} in pod["containers"][0]["volumeMounts"]


def test_without_shared_memory_the_lists_are_there_and_empty(chart: "Chart") -> None:
    off = {"home": {"enabled": False}, "shm": {"enabled": False}}
    notebook = created(chart.render("lab", {"notebooks": off}), "bare")
    pod = notebook["spec"]["template"]["spec"]
    assert pod["volumes"] == pod["containers"][0]["volumeMounts"] == []
    assert listed(notebook)["volumes"] == []


@pytest.mark.parametrize("shm", [True, False])
@pytest.mark.parametrize("name", ["first", "123", "1e3", "true", "null", "0x1f", "no"])
def test_the_template_becomes_a_notebook_whatever_its_name(
    chart: "Chart", name: str, shm: bool
) -> None:
    manifest = chart.render("lab", {"notebooks": {"shm": {"enabled": shm}}})
    notebook = created(manifest, name)
    metadata = notebook["metadata"]
    pod = notebook["spec"]["template"]["spec"]
    assert (metadata["name"], metadata["namespace"]) == (name, "team")
    assert metadata["labels"] == {"app": name}
    assert metadata["annotations"]["notebooks.kubeflow.org/creator"] == "ada@example.com"
    # The controller copies the status of the container that is named like the Notebook.
    assert pod["containers"][0]["name"] == name
    assert pod["serviceAccountName"] == "default-editor"
    assert listed(notebook)["cpu"] == "0.5"
    assert listed(notebook)["memory"] == "1Gi"


@pytest.mark.parametrize("tab", SERVER_TYPES)
def test_a_notebook_of_each_tab_can_be_listed(platforms: dict[str, "Manifest"], tab: str) -> None:
    shown = listed(created(platforms["campus"], "mine", tab))
    assert shown["type"] == SERVER_TYPES[tab]
    assert shown["volumes"] == ["dshm", "mine-workspace"]
    assert re.fullmatch(r"[a-z-]+:v1\.11\.0", shown["image"])


def test_a_whole_notebook_of_campus(platforms: dict[str, "Manifest"]) -> None:
    gpus = {"num": "1", "vendor": "nvidia.com/gpu"}
    notebook = created(platforms["campus"], "mine", gpus=gpus, tolerationGroup="gpu")
    container = notebook["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"] == {
        "requests": {"cpu": "1", "memory": "4Gi"},
        "limits": {"cpu": "1.2", "memory": "4.8Gi", "nvidia.com/gpu": "1"},
    }
    assert container["imagePullPolicy"] == "IfNotPresent"
    assert container["env"] == []


def test_the_logos_are_pictures_under_the_names_that_the_form_asks_for(
    platforms: dict[str, "Manifest"],
) -> None:
    logos = platforms["lab"].get("ConfigMap", "jupyter-web-app-logos")["data"]
    assert set(logos) == {
        f"{name}.svg"
        for name in (
            *("jupyter-icon", "jupyterlab-logo", "group-one-icon"),
            *("group-one-logo", "group-two-icon", "group-two-logo"),
        )
    }
    assert all(logo.startswith("<svg ") for logo in logos.values())
