"""Kubernetes objects as rendered: what they are, what they refer to and where they belong."""
