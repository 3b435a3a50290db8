"""The start for tools that keep a cluster equal to a Git repository: Argo CD and Flux."""
