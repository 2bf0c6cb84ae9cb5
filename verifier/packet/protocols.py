"""IP protocol numbers, port ranges and the names that people write for them.

Law: protocols are numbers 0-255 everywhere inside; `ANY_PROTOCOL` (-1, as AWS writes it) stands
only in rules, never in a packet. Ports exist for TCP and UDP alone, ICMP type and code for
protocols 1 and 58 alone.
"""

from __future__ import annotations

from typing import Final, NamedTuple

ANY_PROTOCOL: Final = -1
ICMP: Final = 1
TCP: Final = 6
UDP: Final = 17
ICMPV6: Final = 58

PORT_PROTOCOLS: Final = frozenset({TCP, UDP})
ICMP_PROTOCOLS: Final = frozenset({ICMP, ICMPV6})

ECHO_REQUEST: Final = {ICMP: 8, ICMPV6: 128}
ECHO_REPLY: Final = {ICMP: 0, ICMPV6: 129}

NAMES: Final = {ICMP: "icmp", TCP: "tcp", UDP: "udp", ICMPV6: "icmp6"}


class PortRange(NamedTuple):
    """Ports (or other 16 bit numbers) from `first` to `last`, both included."""

    first: int
    last: int

    def __contains__(self, item: object) -> bool:
        return isinstance(item, int) and self.first <= item <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


ALL_PORTS: Final = PortRange(0, 65535)


def protocol_name(number: int) -> str:
    """`tcp`, `udp`, `icmp`, `icmp6`, `all` for -1, otherwise `proto/N`."""
    if number == ANY_PROTOCOL:
        return "all"
    return NAMES.get(number, f"proto/{number}")
