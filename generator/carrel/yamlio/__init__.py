"""Reading YAML as Helm reads it, with positions, and writing YAML that no reader mistakes."""
