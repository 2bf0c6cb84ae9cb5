"""VPC peering connections (PCX-1 to PCX-6): from one VPC into the other, nothing rewritten.

What is not active, not a side's own or not in the far VPC's blocks has left the routing partition
already (`verifier.topology.routes`); here it is said whose packets cross and what they keep.
"""

from __future__ import annotations

from collections.abc import Callable

from verifier.encode.packet import References, Scope
from verifier.encode.stage import Segment, Sender
from verifier.encode.terms import TRUE
from verifier.topology import Peer, covers, same_region


def references(scope: Scope, peer: Peer) -> References:
    """What references match across the connection (SG-12)."""
    peering = scope.index.network.peerings[peer.id]
    return References.KEPT if same_region(peering) else References.LOST


def near(scope: Scope, segment: Segment, sender: Sender) -> Callable[[], int]:
    """When the packet's source lies in a block of the near VPC (PCX-6).

    What a host of the VPC sends from an address of its own does, if all of the VPC's do.
    """

    def build() -> int:
        index, vpc_id = scope.index, sender.vpc_id
        blocks = index.vpc_blocks(vpc_id, scope.family)
        honest = not segment.forth or not scope.forging
        if sender.first and honest and covers(blocks, index.vpc_owned(vpc_id, scope.family)):
            return TRUE
        return scope.address(scope.seen(segment.source), blocks)

    return build
