"""The schema of the values tree: loading it, and judging values by it."""
