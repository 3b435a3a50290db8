"""The edge to other programs: finding, building and running them."""
