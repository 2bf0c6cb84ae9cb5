"""How foreign text and AWS things are shown to a person.

Law: what `shown` returns is one line of visible characters: no control character, escape sequence,
line separator, bidirectional override or invisible character of the input survives as such, and
none can start a command of a build log (`##[...]`, `##vso[...]`; `::` only counts at the start of
a line, and no renderer starts a line with foreign text).
"""

from __future__ import annotations

import unicodedata
from typing import Final

from verifier.model import Network
from verifier.packet import ICMP_PROTOCOLS, Address, Packet, protocol_name

INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST: Final = 300


def shown(text: str) -> str:
    """The text on one line, with everything invisible written as a Python escape."""
    if len(text) > LONGEST:
        text = text[: LONGEST - 3] + "..."
    if text.isascii() and text.isprintable():
        return text.replace("##", "#\\x23")
    return "".join(map(_visible, text)).replace("##", "#\\x23")


def shown_lines(text: str) -> str:
    """The same for a text of several lines of ours, such as an error message."""
    return "\n".join(
        "".join(map(_visible, line)).replace("##", "#\\x23") for line in text.split("\n")
    )


def _visible(character: str) -> str:
    if unicodedata.category(character) in INVISIBLE:
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character


def name_of(network: Network, component: str) -> str | None:
    """The name that people gave to the thing with this id; None if it has none."""
    interface = network.interfaces.get(component)
    if interface is not None:
        instance = network.instances.get(interface.instance_id or "")
        named = interface.tags.get("Name") or (instance.tags.get("Name") if instance else None)
        return named or _name_of_endpoint(network, component)
    group = network.security_groups.get(component)
    if group is not None:
        return group.name or group.tags.get("Name")
    balancer = network.load_balancers.get(component)
    if balancer is not None:
        return balancer.name
    for things in (
        network.subnets,
        network.network_acls,
        network.route_tables,
        network.internet_gateways,
        network.nat_gateways,
        network.peerings,
        network.vpcs,
    ):
        thing = things.get(component)
        if thing is not None:
            return thing.tags.get("Name")
    return None


def _name_of_endpoint(network: Network, interface_id: str) -> str | None:
    """The Name, or the id, of the EC2 Instance Connect Endpoint that has the interface."""
    endpoint = network.instance_connect_endpoints.get(interface_id)
    if endpoint is None or endpoint.id == interface_id:
        return None
    return endpoint.tags.get("Name") or endpoint.id


def labelled(network: Network, component: str) -> str:
    """`sg-1 (web)`: the id and the name, if there is one; of a load balancer `app/web/1a2b`."""
    if component in network.load_balancers:
        return shown(component.rpartition(":loadbalancer/")[2])
    name = name_of(network, component)
    return f"{shown(component)} ({shown(name)})" if name else shown(component)


def socket_text(address: Address, port: int | None) -> str:
    """`203.0.113.10:443`, `[2001:db8::1]:443`, or the address alone."""
    if port is None:
        return str(address)
    return f"[{address}]:{port}" if address.family == 6 else f"{address}:{port}"


def packet_text(packet: Packet) -> str:
    """`tcp 198.51.100.7:49152 -> 203.0.113.10:5432`."""
    what = protocol_name(packet.protocol)
    if packet.protocol in ICMP_PROTOCOLS:
        what += f" type {packet.icmp_type} code {packet.icmp_code}"
    return f"{what} {flow_text(packet)}"


def flow_text(packet: Packet) -> str:
    """`198.51.100.7:49152 -> 203.0.113.10:5432`."""
    source = socket_text(packet.source, packet.source_port)
    destination = socket_text(packet.destination, packet.destination_port)
    return f"{source} -> {destination}"
