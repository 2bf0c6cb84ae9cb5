"""np-guard's own analysis of two networks, pair by pair and port by port.

Its report lists every connection between every ordered pair; what is not listed does not exist.
Ports are tried at every constant of its rules and report and beside it (its domain starts at 1);
`*` marks TCP whose response is blocked; responses of other protocols it does not judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from tests.peers.peer_data import peer_data
from verifier.evaluate import exchange, prepare, walk
from verifier.model import Network
from verifier.packet import Address, Packet, Prefix
from verifier.snapshot import read_snapshot
from verifier.trace import Host, InterfaceHost, OutsideHost, Probe

LINE = re.compile(r"^(?P<source>.+?) => (?P<destination>.+?) : (?P<what>.+?)(?P<star> \*)?$")
PORTS = (1, 22, 443, 9079, 9080, 9081, 49152, 65535)
OUTSIDE = ("147.235.208.136", "147.235.208.137", "8.8.8.8", "1.1.1.1")


@dataclass(frozen=True)
class Row:
    source: str
    destination: str
    what: str
    blocked_response: bool

    def covers(self, protocol: int, source_port: int, destination_port: int) -> bool:
        if self.what == "All Connections":
            return True
        if "TCP" not in self.what or protocol != 6:
            return False
        return all(
            port in ports
            for port, ports in (
                (source_port, self._ports("src-ports")),
                (destination_port, self._ports("dst-ports")),
            )
        )

    def _ports(self, key: str) -> set[int]:
        found = re.search(rf"{key}: ([\d,-]+)", self.what)
        if found is None:
            return set(range(65536))
        ports: set[int] = set()
        for part in found.group(1).strip(",").split(","):
            first, _, last = part.partition("-")
            ports.update(range(int(first), int(last or first) + 1))
        return ports


def rows(path: Path) -> list[Row]:
    found = [LINE.match(line.strip()) for line in path.read_text().splitlines()]
    return [
        Row(match["source"], match["destination"], match["what"].strip(), bool(match["star"]))
        for match in found
        if match
    ]


def names_endpoint(text: str, name: str, address: Address) -> bool:
    if not text.startswith("Public Internet"):
        return text == name
    if not name.startswith("Public Internet"):
        return False
    block = re.search(r"[\d.]+/\d+", text)
    return block is None or address in Prefix.parse(block.group())


def endpoints(network: Network) -> list[tuple[str, Host, Address, Address]]:
    """Name, host, the address it writes, the address by which others from outside call it."""
    found: list[tuple[str, Host, Address, Address]] = []
    for interface in network.interfaces.values():
        instance = network.instances.get(interface.instance_id or "")
        tags = {**(instance.tags if instance else {}), **interface.tags}
        own = interface.ipv4[0]
        name = f"{tags.get('Name', interface.id)}[{own.address}]"
        host = InterfaceHost(interface.id)
        found.append((name, host, own.address, own.public or own.address))
    for text in OUTSIDE:
        address = Address.parse(text)
        found.append(("Public Internet", OutsideHost(address), address, address))
    return found


def pairs(network: Network):  # type: ignore[no-untyped-def]
    for source, destination in product(endpoints(network), repeat=2):
        outside = [isinstance(end[1], OutsideHost) for end in (source, destination)]
        if source != destination and not all(outside):
            called = destination[3] if outside[0] else destination[2]
            yield source, destination, called


@pytest.mark.parametrize("name", ["acl-1", "basic"])
def test_every_connection_is_the_one_that_np_guard_reports(name: str) -> None:
    folder = peer_data("np-guard")
    expected = rows(folder / f"{name}.expected.txt")
    network = read_snapshot([str(folder / name)]).network
    index = prepare(network)
    asked = 0
    for source, destination, called in pairs(network):
        listed = [
            row
            for row in expected
            if names_endpoint(row.source, source[0], source[2])
            and names_endpoint(row.destination, destination[0], destination[2])
        ]
        for source_port, destination_port in product(PORTS, repeat=2):
            packet = Packet(
                source[2], called, 6, source_port=source_port, destination_port=destination_port
            )
            result = exchange(index, Probe(source[1], destination[1], packet))
            row = [r for r in listed if r.covers(6, source_port, destination_port)]
            assert (result.forward.delivered_to is not None) == bool(row), (source, destination)
            if row:
                assert result.works == (not row[0].blocked_response), (source, destination)
            asked += 1
        for protocol in (17, 50):
            ports = {"source_port": 5, "destination_port": 6} if protocol == 17 else {}
            packet = Packet(source[2], called, protocol, **ports)
            trace = walk(index, Probe(source[1], destination[1], packet))
            allowed = any(row.covers(protocol, 5, 6) for row in listed)
            assert (trace.delivered_to is not None) == allowed, (source, destination, protocol)
    assert asked > 100
