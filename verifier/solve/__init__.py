"""Asking the solver: an obligation in, a probe or the proof that there is none out."""

from verifier.solve.joint import Joint, Tie
from verifier.solve.query import GaveUp, Query, Sat, Unsat

__all__ = ["GaveUp", "Joint", "Query", "Sat", "Tie", "Unsat"]
