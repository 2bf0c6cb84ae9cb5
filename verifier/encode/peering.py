"""VPC peering connections (PCX-1 to PCX-5): from one VPC into the other, nothing rewritten.

What is not active, not a side's own or not in the far VPC's blocks has left the routing partition
already (`verifier.topology.routes`); here it is said whose packets cross and what they keep.
"""

from __future__ import annotations

from verifier.encode.packet import References, Scope
from verifier.topology import Peer, Role, same_region


def references(scope: Scope, peer: Peer) -> References:
    """What references match across the connection (SG-12)."""
    peering = scope.index.network.peerings[peer.id]
    return References.KEPT if same_region(peering) else References.LOST


def arrives(scope: Scope, role: Role, peer: Peer) -> int:
    """True iff the host of this role lives where the connection leads."""
    return scope.side(role, role.vpcs.get(peer.vpc_id, ()))
