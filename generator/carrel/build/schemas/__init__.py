"""The data of `generator/catalogue/schemas`, made from where Kubernetes and others publish it.

    python -m carrel.build.schemas [--check]

writes the data, or with `--check` says whether it is what the pinned sources give. Sources:

* Kubernetes: the Python package kubernetes-validate, of the development environment;
* Istio and cert-manager: the Go modules that `tools/schemas/go.mod` pins.
"""
