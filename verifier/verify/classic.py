"""Classic load balancers and targets in one subnet (clause LB-10).

What they send there is judged by the subnet's network ACL as if it left the subnet. Law: in the
network that `apart` gives, the node stands in a subnet of its own with the same ACL, from which
only the VPC's own route leads; everything else is as it was. So no meaning needs to know of it.
"""

from __future__ import annotations

from dataclasses import replace

from verifier.evaluate import prepare
from verifier.model import BalancerKind, Network, RouteTable
from verifier.topology import Index as Topology
from verifier.verify.branches import Branch
from verifier.verify.search import Ground


def apart(ground: Ground, branch: Branch) -> Ground | None:
    """The network in which the branch's node is apart; None unless it is a classic balancer's."""
    if branch.balancer.kind is not BalancerKind.CLASSIC:
        return None
    network = _moved(ground.network, branch.node)
    return Ground(network, prepare(network), Topology(network), ground.space)


def _moved(network: Network, node: str) -> Network:
    interface = network.interfaces[node]
    home = network.subnets[interface.subnet_id]
    twin = f"{home.id} (of {node})"
    table = RouteTable(id=f"local (of {node})", vpc_id=home.vpc_id, subnet_ids=(twin,))
    acls = {
        name: replace(acl, subnet_ids=(*acl.subnet_ids, twin)) if home.id in acl.subnet_ids else acl
        for name, acl in network.network_acls.items()
    }
    missing = dict(network.missing)
    if gap := missing.get(("network-acl", home.id)):
        missing["network-acl", twin] = gap
    return replace(
        network,
        subnets={**network.subnets, twin: replace(home, id=twin, prefixes=())},
        interfaces={**network.interfaces, node: replace(interface, subnet_id=twin)},
        route_tables={**network.route_tables, table.id: table},
        network_acls=acls,
        missing=missing,
    )
