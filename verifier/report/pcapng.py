"""A small writer of pcapng (draft-ietf-opsawg-pcapng): sections of raw IP packets with comments."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

SECTION_HEADER: Final = 0x0A0D0D0A
INTERFACE_DESCRIPTION: Final = 1
ENHANCED_PACKET: Final = 6
BYTE_ORDER: Final = 0x1A2B3C4D
RAW_IP: Final = 101
COMMENT: Final = 1
NAME: Final = 2
APPLICATION: Final = 4
LONGEST_OPTION: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Captured:
    """One packet: at which interface (an index), when (microseconds), its bytes and its story."""

    interface: int
    microseconds: int
    data: bytes
    comment: str


def capture(
    interfaces: Sequence[str], packets: Iterable[Captured], *, comment: str, application: str
) -> bytes:
    """A whole file: one section, its interfaces by name, the packets in order."""
    header = struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1)
    about = ((COMMENT, comment), (APPLICATION, application))
    blocks = [_block(SECTION_HEADER, header + _options(about))]
    for name in interfaces:
        body = struct.pack("<HHI", RAW_IP, 0, 0)
        blocks.append(_block(INTERFACE_DESCRIPTION, body + _options(((NAME, name),))))
    blocks.extend(_packet_block(packet) for packet in packets)
    return b"".join(blocks)


def _packet_block(packet: Captured) -> bytes:
    high, low = divmod(packet.microseconds, 1 << 32)
    size = len(packet.data)
    body = struct.pack("<IIIII", packet.interface, high, low, size, size) + _padded(packet.data)
    return _block(ENHANCED_PACKET, body + _options(((COMMENT, packet.comment),)))


def _options(options: Iterable[tuple[int, str]]) -> bytes:
    written = b""
    for code, text in options:
        value = text.encode("utf-8", "backslashreplace")[:LONGEST_OPTION]
        value = value.decode("utf-8", "ignore").encode()
        written += struct.pack("<HH", code, len(value)) + _padded(value)
    return written + struct.pack("<HH", 0, 0)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length
