"""What the encoder knows of a network before it asks: endpoint classes and routing partitions.

Law: nothing here depends on a packet. `Index` is what follows from the network alone, `role` what
follows from one side of a question.
"""

from verifier.topology.classes import EndpointClass, Role, role
from verifier.topology.hops import (
    Appliance,
    Dead,
    EgressOnly,
    Exit,
    Gateway,
    Hop,
    Inspection,
    Leads,
    Local,
    Nat,
    Peer,
    Service,
    Transit,
    Vpn,
)
from verifier.topology.index import EVERYTHING, GLOBAL, Index, Shape
from verifier.topology.routes import Routing, other_side, owned, same_region
from verifier.topology.spans import (
    Spans,
    common,
    covers,
    holds,
    meets,
    normal,
    numbers,
    repeated,
    union,
    without,
)
from verifier.topology.stages import components
from verifier.topology.transit import zone_subnets

__all__ = [
    "EVERYTHING",
    "GLOBAL",
    "Appliance",
    "Dead",
    "EgressOnly",
    "EndpointClass",
    "Exit",
    "Gateway",
    "Hop",
    "Index",
    "Inspection",
    "Leads",
    "Local",
    "Nat",
    "Peer",
    "Role",
    "Routing",
    "Service",
    "Shape",
    "Spans",
    "Transit",
    "Vpn",
    "common",
    "components",
    "covers",
    "holds",
    "meets",
    "normal",
    "numbers",
    "other_side",
    "owned",
    "repeated",
    "role",
    "same_region",
    "union",
    "without",
    "zone_subnets",
]
