"""Asking the solver: an obligation in, a probe or the proof that there is none out."""

from verifier.solve.query import GaveUp, Query, Sat, Unsat

__all__ = ["GaveUp", "Query", "Sat", "Unsat"]
