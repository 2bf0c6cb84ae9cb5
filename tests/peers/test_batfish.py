"""Batfish's tests on real, anonymised dumps: what must become of 30 of its flows.

Its protocol `0` is literal (IP protocol 0), which a rule for tcp/22 does not match; each of those
rows is asked again with tcp/22, where the answer may differ and is given here with its reason.
Rows that end at a virtual private gateway are UNKNOWN here, naming it: its VPN connection has no
route that the dump would show, but whether it learns others by Direct Connect no file says, whereas
Batfish's own virtual private gateway has no route onward in these networks.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Final

import pytest

from tests.peers.peer_data import peer_data
from verifier.evaluate import exchange
from verifier.model import InterfaceAddress, Network, NetworkInterface
from verifier.packet import Address, Packet
from verifier.snapshot import read_snapshot
from verifier.trace import Host, InterfaceHost, OutsideHost, Probe

SNAPSHOTS: Final = (
    "subnet",
    "public-subnet",
    "public-private-subnet",
    "nat-gateway",
    "vpc-peering",
    "transit-gateway",
    "vpc-endpoint-gateway",
)
DELIVERED: Final = {"ACCEPTED", "EXITS_NETWORK", "DELIVERED_TO_SUBNET", "BIDIRECTIONAL_OK"}
FILTERED: Final = {"DENIED_IN", "DENIED_OUT"}
OUTSIDE: Final = {"8.8.8.8", "52.216.237.77", "54.222.57.1"}
AT_A_VIRTUAL_PRIVATE_GATEWAY: Final = {
    ("10.0.1.204", "13.58.55.60"),
    ("10.0.1.204", "8.8.8.8"),
}


@cache
def network_of(name: str) -> Network:
    return read_snapshot([str(peer_data("batfish") / name)]).network


def row_name(row: dict[str, str]) -> str:
    return f"{row['snapshot']}-{row['source_address']}-{row['destination_address']}"


def rows() -> list[dict[str, str]]:
    try:
        path = peer_data("batfish") / "expected.json"
    except pytest.skip.Exception:
        return []
    return [row for row in json.loads(path.read_text()) if row["snapshot"] in SNAPSHOTS]


def asked(row: dict[str, str], protocol: int, port: int) -> tuple[Network, Probe]:
    network = network_of(row["snapshot"])
    source_address = Address.parse(row["source_address"])
    destination_address = Address.parse(row["destination_address"])
    network, source = source_of(network, row["source"], source_address)
    ports = {"source_port": 49152, "destination_port": port} if protocol in (6, 17) else {}
    packet = Packet(source_address, destination_address, protocol, **ports)
    return network, Probe(source, destination_of(network, destination_address), packet)


def source_of(network: Network, name: str, address: Address) -> tuple[Network, Host]:
    if name == "internet":
        return network, OutsideHost(address)
    if name.startswith("subnet-"):  # a host that the dump does not list
        twin = next(one for one in network.interfaces.values() if one.subnet_id == name)
        extra: NetworkInterface = replace(
            twin, id="eni-extra", ipv4=(InterfaceAddress(address, primary=True),), ipv6=()
        )
        interfaces = {**network.interfaces, extra.id: extra}
        return replace(network, interfaces=interfaces), InterfaceHost(extra.id)
    return network, InterfaceHost(
        next(one.id for one in network.interfaces.values() if one.instance_id == name)
    )


def destination_of(network: Network, address: Address) -> Host | None:
    for interface in network.interfaces.values():
        for own in interface.ipv4:
            if address in (own.address, own.public):
                return InterfaceHost(interface.id)
    return OutsideHost(address) if str(address) in OUTSIDE else None


@pytest.mark.parametrize("row", rows(), ids=row_name)
def test_batfish_and_the_evaluator_agree(row: dict[str, str]) -> None:
    port = int(row["destination_port"]) if row["destination_port"].isdigit() else 0
    network, probe = asked(row, int(row["protocol"]), port)
    closed = exchange(network, probe)
    opened = exchange(network, probe, frozenset(network.gaps))
    if (row["source_address"], row["destination_address"]) in AT_A_VIRTUAL_PRIVATE_GATEWAY:
        assert closed.forward.delivered_to is None
        assert any("vgw-" in gap.resource + gap.detail for gap in opened.gaps)
        return
    assert (closed.forward.delivered_to is not None) == (row["expected"] in DELIVERED)
    assert opened.forward.delivered_to == closed.forward.delivered_to
    if row["expected"] == "BIDIRECTIONAL_OK":
        assert closed.works


@pytest.mark.parametrize("row", rows(), ids=row_name)
def test_the_same_flows_with_ssh(row: dict[str, str]) -> None:
    """With tcp/22, rows that only protocol 0 kept out must get in; routing drops stay drops."""
    if row["protocol"] != "0":
        pytest.skip("asked with its own protocol already")
    network, probe = asked(row, 6, 22)
    closed = exchange(network, probe)
    if row["expected"] in DELIVERED:
        assert closed.works
    elif row["expected"] in FILTERED:
        rule = next(
            (hop.rule for hop in closed.forward.hops if hop.kind == "security-group" and hop.rule),
            None,
        )
        assert (closed.forward.delivered_to is not None) == (rule is not None)
    else:
        assert closed.forward.delivered_to is None


def test_there_are_rows_to_compare() -> None:
    assert len(rows()) >= 28 or not rows()
