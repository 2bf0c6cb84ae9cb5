"""Real snapshots of other projects load as they are, with sensible gaps.

`tests/peers` asks what they mean.
"""

from __future__ import annotations

import pytest

from tests.peers.peer_data import peer_data
from verifier.errors import SnapshotError
from verifier.model import EndpointKind, EndpointTarget, InterfaceKind, PrefixListReference
from verifier.snapshot import Snapshot, inventory, read_snapshot

# folder: VPCs, subnets, interfaces, instances, groups, lists, tables, gateways, NAT, peerings
COUNTS = {
    "batfish/load-balancer/aws_configs": (1, 3, 5, 3, 3, 1, 2, 1, 0, 0),
    "batfish/nat-gateway/aws_configs": (1, 3, 4, 3, 3, 2, 3, 1, 1, 0),
    "batfish/public-private-subnet/aws_configs": (1, 2, 2, 2, 3, 1, 2, 1, 0, 0),
    "batfish/public-subnet/aws_configs": (1, 1, 1, 1, 2, 1, 2, 1, 0, 0),
    "batfish/subnet/aws_configs": (1, 1, 2, 2, 3, 1, 1, 0, 0, 0),
    "batfish/transit-gateway/aws_configs": (2, 3, 5, 4, 5, 2, 2, 1, 0, 0),
    "batfish/vpc-endpoint-gateway/aws_configs": (1, 2, 2, 2, 2, 2, 3, 1, 0, 0),
    "batfish/vpc-peering/aws_configs": (3, 3, 3, 3, 6, 3, 3, 0, 0, 2),
    "np-guard/acl-1": (2, 7, 6, 6, 3, 5, 4, 2, 0, 0),
    "np-guard/basic": (2, 5, 2, 2, 3, 2, 4, 2, 0, 0),
}

GAPS = {
    "batfish/load-balancer/aws_configs": {"LB-7"},
    "batfish/public-private-subnet/aws_configs": {"VGW-2"},
}


def load(folder: str) -> Snapshot:
    return read_snapshot([str(peer_data(folder))])


@pytest.mark.parametrize("folder", COUNTS)
def test_it_loads(folder: str) -> None:
    snapshot = load(folder)
    assert tuple(inventory(snapshot).counts.values())[:10] == COUNTS[folder]
    assert {gap.clause for gap in snapshot.network.gaps} == GAPS.get(folder, set())
    assert snapshot.network.incomplete == ()
    assert snapshot.warnings == ()


@pytest.mark.parametrize("folder", COUNTS)
def test_its_fields_are_known(folder: str) -> None:
    assumed = {told.clause for told in load(folder).network.assumptions} - {
        "GAP-7",
        "IGW-12",
        "ASK-4",
        "ASK-5",
    }
    assert assumed == ({"LB-7"} if "load-balancer" in folder else set())
    strict = read_snapshot([str(peer_data(folder))], strict=True)
    assert strict.network.gaps == load(folder).network.gaps


@pytest.mark.parametrize("folder", COUNTS)
def test_all_its_doors_are_modelled(folder: str) -> None:
    network = load(folder).network
    assert (network.entrances, network.missing, network.passages) == ((), {}, {})


def test_a_gateway_endpoint_is_modelled() -> None:
    network = load("batfish/vpc-endpoint-gateway/aws_configs").network
    (endpoint,) = network.vpc_endpoints.values()
    assert endpoint.kind is EndpointKind.GATEWAY
    routes = [route for table in network.route_tables.values() for route in table.routes]
    lists = [one.destination for one in routes if one.target == EndpointTarget(endpoint.id)]
    assert lists
    for named in lists:
        assert isinstance(named, PrefixListReference)
        assert len(network.prefix_lists[named.prefix_list_id].prefixes) == 4


def test_a_nat_gateway_has_both_its_addresses() -> None:
    network = load("batfish/nat-gateway/aws_configs").network
    (gateway,) = network.nat_gateways.values()
    assert [(str(one.private), str(one.public)) for one in gateway.addresses] == [
        ("10.1.250.210", "3.135.127.225")
    ]
    kinds = {interface.id: interface.kind for interface in network.interfaces.values()}
    assert kinds[gateway.addresses[0].interface_id or ""] is InterfaceKind.NAT_GATEWAY


def together(*names: str) -> Snapshot:
    return read_snapshot([str(peer_data(f"batfish/{name}/aws_configs")) for name in names])


def test_networks_of_one_account_are_merged() -> None:
    assert len(together("nat-gateway", "vpc-endpoint-gateway", "subnet").network.vpcs) == 3


def test_the_same_network_at_two_times_contradicts_itself() -> None:
    with pytest.raises(SnapshotError, match=r"NetworkAcls\[1\]\.Associations: contradicts what"):
        together("transit-gateway", "vpc-peering")
