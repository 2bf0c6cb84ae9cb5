"""Addresses, protocols and packets: value types and their laws, without any AWS in them."""

from verifier.packet.addresses import (
    FAMILIES,
    LARGEST,
    WIDTH,
    Address,
    AddressRange,
    AddressSet,
    Family,
    Prefix,
)
from verifier.packet.nat64 import NAT64, embedded, embedded_in, nat64, nat64_names
from verifier.packet.packet import Packet
from verifier.packet.protocols import (
    ALL_PORTS,
    ANY_PROTOCOL,
    ECHO_REPLY,
    ECHO_REQUEST,
    ICMP,
    ICMP_PROTOCOLS,
    ICMPV6,
    NAMES,
    PORT_PROTOCOLS,
    TCP,
    UDP,
    PortRange,
    protocol_name,
)
from verifier.packet.special_ranges import (
    DOCUMENTATION,
    GLOBAL_UNICAST_IPV6,
    NOT_INTERNET,
    PRIVATE_OR_SHARED_IPV4,
)

__all__ = [
    "ALL_PORTS",
    "ANY_PROTOCOL",
    "DOCUMENTATION",
    "ECHO_REPLY",
    "ECHO_REQUEST",
    "FAMILIES",
    "GLOBAL_UNICAST_IPV6",
    "ICMP",
    "ICMPV6",
    "ICMP_PROTOCOLS",
    "LARGEST",
    "NAMES",
    "NAT64",
    "NOT_INTERNET",
    "PORT_PROTOCOLS",
    "PRIVATE_OR_SHARED_IPV4",
    "TCP",
    "UDP",
    "WIDTH",
    "Address",
    "AddressRange",
    "AddressSet",
    "Family",
    "Packet",
    "PortRange",
    "Prefix",
    "embedded",
    "embedded_in",
    "nat64",
    "nat64_names",
    "protocol_name",
]
