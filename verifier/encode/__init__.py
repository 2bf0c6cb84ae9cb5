"""The declarative meaning of a network: one question as one Boolean term over a symbolic packet.

The theorem, which the cross-check tests from outside:

    for every network, question, set of open gaps and probe: the obligation is true of the probe
    **iff** the probe is one that the question allows (ASK-1 to ASK-3, ASK-7) and the evaluator,
    written separately from the same clauses, meets the question's goal on it (ASK-1, ASK-4, ASK-5,
    CONN-1).

A probe fixes the inputs of the obligation: hosts (as a class number and an address), header and
choices of the network. All other variables are headers behind a translation, which the inputs
determine; so the negated goal (`Goal.FAILING`) is as exact as the plain one. Open gaps are
constants at the time of building: there is one obligation for each set of them.

One file per resource says in terms what the clauses of `specs/semantics` say of it; `travel`
routes stage by stage (`stage` has its words, `start` and `leave` its steps), `path` puts the ways
together, `connection` the ways back, `question` says who may ask, `obligation` ties all of it to
one question. No solver is known here.
"""

from verifier.encode.obligation import Obligation, encode, prepare

__all__ = ["Obligation", "encode", "prepare"]
