"""A header as the bytes of a packet, with right lengths and checksums (RFC 791, 8200, 9293, 768,
792, 4443).

The fields that a `Packet` does not have are fixed: hop limit 64, no options, no payload, TCP opens
a connection (SYN) or answers one (SYN, ACK), an echo has identifier 1 and sequence number 1. A
protocol without ports or types is a bare IP header.
"""

from __future__ import annotations

import struct
from typing import Final

from verifier.packet import ECHO_REPLY, ECHO_REQUEST, ICMP, ICMP_PROTOCOLS, TCP, UDP, Packet

HOP_LIMIT: Final = 64
SYN: Final = 0x02
ACK: Final = 0x10


def internet_checksum(data: bytes) -> int:
    """The ones' complement sum of RFC 1071 over the data, padded to a whole word."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(packet: Packet, *, reply: bool = False) -> bytes:
    """The packet in raw IP, starting at the IP header."""
    body = _body(packet, reply=reply)
    source, destination = packet.source.packed(), packet.destination.packed()
    if packet.family == 6:
        words = struct.pack("!IHBB", 6 << 28, len(body), packet.protocol, HOP_LIMIT)
        return words + source + destination + body
    length = 20 + len(body)
    start = struct.pack("!BBHHHBB", 0x45, 0, length, 0, 0x4000, HOP_LIMIT, packet.protocol)
    checksum = internet_checksum(start + b"\0\0" + source + destination)
    return start + struct.pack("!H", checksum) + source + destination + body


def _body(packet: Packet, *, reply: bool) -> bytes:
    if packet.protocol == TCP:
        return _checked(packet, _tcp(packet, reply=reply), 16)
    if packet.protocol == UDP:
        header = struct.pack("!HHHH", packet.source_port, packet.destination_port, 8, 0)
        return _checked(packet, header, 6)
    if packet.protocol in ICMP_PROTOCOLS:
        return _checked(packet, _icmp(packet), 2)
    return b""


def _tcp(packet: Packet, *, reply: bool) -> bytes:
    sequence, acknowledged, flags = (0, 1, SYN | ACK) if reply else (0, 0, SYN)
    return struct.pack(
        "!HHIIBBHHH",
        packet.source_port,
        packet.destination_port,
        sequence,
        acknowledged,
        5 << 4,
        flags,
        0xFFFF,
        0,
        0,
    )


def _icmp(packet: Packet) -> bytes:
    kinds = (ECHO_REQUEST.get(packet.protocol), ECHO_REPLY.get(packet.protocol))
    rest = struct.pack("!HH", 1, 1) if packet.icmp_type in kinds else bytes(4)
    return struct.pack("!BBH", packet.icmp_type, packet.icmp_code, 0) + rest


def _checked(packet: Packet, body: bytes, at: int) -> bytes:
    """The body with its checksum put in at that offset; ICMP over IPv4 has no pseudo-header."""
    covered = body if packet.protocol == ICMP else _pseudo_header(packet, len(body)) + body
    checksum = internet_checksum(covered)
    if checksum == 0 and packet.protocol == UDP:
        checksum = 0xFFFF
    return body[:at] + struct.pack("!H", checksum) + body[at + 2 :]


def _pseudo_header(packet: Packet, length: int) -> bytes:
    source, destination = packet.source.packed(), packet.destination.packed()
    if packet.family == 6:
        return source + destination + struct.pack("!IHBB", length, 0, 0, packet.protocol)
    return source + destination + struct.pack("!BBH", 0, packet.protocol, length)
