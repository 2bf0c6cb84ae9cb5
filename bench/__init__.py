"""Estates of any size and the benchmarks that are measured on them."""
