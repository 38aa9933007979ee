"""Benchmarks: a registry, one file a family; results are kept by release in ``results/``."""
