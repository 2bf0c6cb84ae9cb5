"""The clauses about load balancers, each read wrongly: where that changes the answer, it decides.

Every reading is by the oracle alone. What no network can show is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.crosscheck.relayed.balancers import Sure
from tests.crosscheck.relayed.compare import Known

MISREADINGS = {
    "LB-1": "only one of the nodes takes flows",
    "LB-2": "every listener is of TCP",
    "LB-3": "a listener leads to the first group alone",
    "LB-3 gaps": "what rules leave open is certain",
    "LB-4": "addresses are no targets",
    "LB-4 port": "the port is always that of the group",
    "LB-5": "only the first target counts",
    "LB-5 leaving": "who is being deregistered is a target like others",
    "LB-6": "balancers send from low ports",
    "LB-7": "the client's address is never kept",
    "LB-8": "every zone is in reach",
    "LB-8 registered": "a target is where its interface is",
    "LB-8 elsewhere": "a target in another VPC is in the zone of its interface",
    "LB-8 enabled": "cross-zone balancing leads to every zone",
    "LB-8 unknown": "a zone that is not known is in reach",
    "LB-9": "nodes send from their own addresses alone",
    "LB-10": "a classic balancer's packets stay in the subnet",
    "LB-11": "balancers are no targets",
    "LB-12": "nothing comes by PrivateLink",
    "LB-12 groups": "groups never judge what comes by PrivateLink",
    "LB-12 clients": "rules for addresses see that of the endpoint's interface",
    "LB-13": "no relay is followed",
    "LB-13 avoided": "what is avoided carries flows",
    "LB-13 back": "a flow may end where it starts",
    "LB-14": "only what is understood passes anything on",
    "LB-15": "nodes see the address that the client wrote",
}


def decisive(known: Known, clauses: Iterable[str] = MISREADINGS) -> set[str]:
    """Those of the clauses whose misreading changes what brute force says of the case."""
    truth = [known.truth(everything=everything) for everything in (False, True)]
    if truth[0].direct:
        return set()
    return {clause for clause in clauses if _sure(known, clause) != [one.sure for one in truth]}


def _sure(known: Known, clause: str) -> list[Sure]:
    misread = frozenset({clause})
    return [known.truth(everything=each, misread=misread).sure for each in (False, True)]
