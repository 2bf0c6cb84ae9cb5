"""The header's own laws and the reply (clause CONN-4)."""

from __future__ import annotations

import pytest

from verifier.packet import Address, Packet, PortRange, protocol_name

HERE, THERE = Address.parse("10.0.0.1"), Address.parse("10.0.0.2")
HERE6, THERE6 = Address.parse("2001:db8::1"), Address.parse("2001:db8::2")


def test_tcp_replies_with_everything_swapped() -> None:
    packet = Packet(HERE, THERE, 6, source_port=50000, destination_port=443)
    reply = packet.reply()
    assert reply == Packet(THERE, HERE, 6, source_port=443, destination_port=50000)
    assert reply.reply() == packet


def test_other_protocols_swap_addresses() -> None:
    packet = Packet(HERE, THERE, 50)
    assert packet.reply() == Packet(THERE, HERE, 50)
    assert packet.family == 4


@pytest.mark.parametrize(
    ("source", "destination", "protocol", "request_type", "reply_type"),
    [(HERE, THERE, 1, 8, 0), (HERE6, THERE6, 58, 128, 129)],
)
def test_echo_is_answered(
    source: Address, destination: Address, protocol: int, request_type: int, reply_type: int
) -> None:
    packet = Packet(source, destination, protocol, icmp_type=request_type, icmp_code=3)
    assert packet.reply() == Packet(
        destination, source, protocol, icmp_type=reply_type, icmp_code=0
    )


@pytest.mark.parametrize(
    "packet",
    [
        Packet(HERE, THERE, 1, icmp_type=3, icmp_code=4),
        Packet(HERE, THERE, 1, icmp_type=128, icmp_code=0),
        Packet(HERE, THERE, 58, icmp_type=128, icmp_code=0),
        Packet(HERE6, THERE6, 1, icmp_type=8, icmp_code=0),
    ],
)
def test_nothing_else_of_icmp_is_answered(packet: Packet) -> None:
    assert packet.reply() is None


@pytest.mark.parametrize(
    ("protocol", "fields"),
    [
        (6, {}),
        (6, {"source_port": 1, "destination_port": 70000}),
        (50, {"source_port": 1, "destination_port": 2}),
        (1, {}),
        (1, {"icmp_type": 8, "icmp_code": 256}),
        (6, {"source_port": 1, "destination_port": 2, "icmp_type": 8, "icmp_code": 0}),
        (256, {}),
    ],
)
def test_headers_that_cannot_be_are_refused(protocol: int, fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"fields of|is not in"):
        Packet(HERE, THERE, protocol, **fields)


def test_families_do_not_mix() -> None:
    with pytest.raises(ValueError, match="different families"):
        Packet(HERE, THERE6, 50)


def test_words_for_protocols_and_ports() -> None:
    assert [protocol_name(number) for number in (-1, 1, 6, 17, 58, 50)] == [
        "all", "icmp", "tcp", "udp", "icmp6", "proto/50",
    ]  # fmt: skip
    assert str(PortRange(22, 22)) == "22"
    assert str(PortRange(1024, 65535)) == "1024-65535"
    assert 22 in PortRange(22, 22)
    assert "22" not in PortRange(0, 65535)
