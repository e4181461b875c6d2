"""Datasets: rows, sources, the workspace that keeps their versions, and what can be asked of them."""
