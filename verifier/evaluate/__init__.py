"""The concrete evaluator: what an AWS network does with one packet, step by step.

Law: for every network, every set of open gaps and every probe, `delivers` is true iff the clauses
of `specs/semantics` say that the packet is delivered (or that the connection works). It is the
specification in executable form: a packet walks from place to place, the first match wins, a
connection is remembered, the reply walks back. It knows nothing of the encoder, nor of solvers.

One file per resource, named as in `specs/semantics`; `journey.py` has the places and the state of
a packet under way, `walk.py` the loop, `forks.py` its choices, `index.py` what is looked up,
`origin.py` where a packet starts, `routing.py` what a table says, `edge.py` the tables of gateways,
`outside.py` the hosts beyond them, `connection.py` the replies.
"""

from verifier.evaluate.codes import Code
from verifier.evaluate.index import Index, prepare
from verifier.evaluate.walk import delivers, exchange, walk

__all__ = ["Code", "Index", "delivers", "exchange", "prepare", "walk"]
