"""One packet as a host puts it on the wire, and the reply that a host sends to it.

A packet is a header: addresses, protocol, and what the protocol adds. Law (`reply` is an
involution where both ways exist): `p.reply().reply() == p` for TCP, UDP and other protocols.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.packet.addresses import Address, Family
from verifier.packet.protocols import (
    ECHO_REPLY,
    ECHO_REQUEST,
    ICMP,
    ICMP_PROTOCOLS,
    ICMPV6,
    PORT_PROTOCOLS,
)


@dataclass(frozen=True, slots=True)
class Packet:
    """A header.

    Invariants (ValueError otherwise): both addresses of one family; `protocol` 0-255; ports
    (0-65535) iff the protocol is TCP or UDP; ICMP type and code (0-255) iff it is 1 or 58,
    whatever the family.
    """

    source: Address
    destination: Address
    protocol: int
    source_port: int | None = None
    destination_port: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None

    def __post_init__(self) -> None:
        if self.source.family != self.destination.family:
            raise ValueError("source and destination address are of different families")
        if not 0 <= self.protocol <= 255:
            raise ValueError(f"protocol {self.protocol} is not in 0-255")
        _check(self.protocol in PORT_PROTOCOLS, 65535, self.source_port, self.destination_port)
        _check(self.protocol in ICMP_PROTOCOLS, 255, self.icmp_type, self.icmp_code)

    @property
    def family(self) -> Family:
        """4 or 6."""
        return self.source.family

    def reply(self) -> Packet | None:
        """What the receiver answers; None iff no answer is due (clause CONN-4).

        Echo request is answered by echo reply with code 0; no other packet of protocol 1 or 58 is
        answered; every other protocol answers with addresses (and ports) swapped.
        """
        swapped = replace(
            self,
            source=self.destination,
            destination=self.source,
            source_port=self.destination_port,
            destination_port=self.source_port,
        )
        if self.protocol not in ICMP_PROTOCOLS:
            return swapped
        own = ICMP if self.family == 4 else ICMPV6
        if self.protocol != own or self.icmp_type != ECHO_REQUEST[own]:
            return None
        return replace(swapped, icmp_type=ECHO_REPLY[own], icmp_code=0)


def _check(wanted: bool, largest: int, *values: int | None) -> None:
    for value in values:
        if (value is not None) != wanted:
            raise ValueError("fields of another protocol are set, or fields of this one missing")
        if value is not None and not 0 <= value <= largest:
            raise ValueError(f"{value} is not in 0-{largest}")
