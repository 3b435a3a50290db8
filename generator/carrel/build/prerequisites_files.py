"""`prerequisites/`: values for the charts of others, and the page that says how to install them."""

from carrel.build.prerequisites_page import page, values_path
from carrel.prerequisites.charts import ChartRelease, Prerequisite
from carrel.prerequisites.preparation import Preparation
from carrel.yamlio import writer

_FOLDER = "prerequisites"


def files(site: str, ready: Preparation) -> dict[str, str]:
    """Path → text of every file; none where everything is somebody else's.

    Args:
        site: its name.
        ready: what is installed before.
    """
    if not ready.prerequisites:
        return {}
    texts = {
        f"{_FOLDER}/{values_path(each, release)}": _values(site, each, release)
        for each in ready.prerequisites
        for release in each.releases
    }
    return {**texts, f"{_FOLDER}/README.md": page(site, ready)}


def _values(site: str, of: Prerequisite, release: ChartRelease) -> str:
    what = f"{release.chart} {of.version} ({of.title}) for site {site}"
    return (
        f"# Values of the chart {what}. Written by `carrel render {site}`.\n"
        "# README.md, one folder up, says how to install it.\n"
        f"{writer.write(dict(release.values))}"
    )
