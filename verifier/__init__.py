"""Proves or refutes reachability invariants of AWS networks.

Two meanings of the same network stand side by side: `verifier.evaluate` walks one packet hop by
hop, `verifier.encode` states the same network as constraints for a solver. They share facts and
value types only; `verifier.verify` is the one place where they meet and are held against each
other. `docs/explanation/architecture.md` is the map.
"""

__version__ = "0.1.0"
