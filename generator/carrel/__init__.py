"""Carrel: one declaration per site becomes a checked Kubeflow Notebooks installation."""

__version__ = "0.1.0"
