from __future__ import annotations

import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import dpkt
import pcapng
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.utils import PcapNgReader

from tests.unit.report.sample import CHECKS, PROBE, delivered, run
from verifier.packet import Address, Packet
from verifier.report.frames import frame, internet_checksum
from verifier.report.packets import file_names, write_packets
from verifier.report.pcapng import LONGEST_OPTION, Captured, capture
from verifier.trace import Exchange
from verifier.verdict import Counterexample

V4 = (Address.parse("198.51.100.7"), Address.parse("10.0.1.10"))
V6 = (Address.parse("2001:db8::7"), Address.parse("2001:db8:1::a"))


def packets() -> st.SearchStrategy[Packet]:
    ends = st.sampled_from([V4, V6])
    port, octet = st.integers(0, 65535), st.integers(0, 255)
    return st.one_of(
        st.builds(
            lambda e, p, s, d: Packet(*e, p, s, d), ends, st.sampled_from([6, 17]), port, port
        ),
        st.builds(
            lambda e, p, t, c: Packet(*e, p, None, None, t, c),
            ends,
            st.sampled_from([1, 58]),
            octet,
            octet,
        ),
        st.builds(
            lambda e, p: Packet(*e, p), ends, octet.filter(lambda p: p not in {1, 6, 17, 58})
        ),
    )


@given(packets(), st.booleans())
def test_checksums_are_those_of_scapy(packet: Packet, reply: bool) -> None:
    data = frame(packet, reply=reply)
    layer = IP if packet.family == 4 else IPv6
    again = layer(data)
    if packet.protocol == 58 and packet.family == 4:
        return  # nobody defines that one
    for part in (layer, TCP, UDP, ICMP):
        if again.haslayer(part) and hasattr(again[part], "chksum"):
            again[part].chksum = None
    if packet.protocol == 58:
        again = _without_icmpv6_checksum(data, again)
    assert bytes(again) == data


def _without_icmpv6_checksum(data: bytes, again: Any) -> Any:
    """The same packet with the checksum computed by scapy's own function."""
    from scapy.layers.inet6 import in6_chksum

    body = data[40:42] + b"\0\0" + data[44:]
    checksum = in6_chksum(58, IPv6(data[:40]), body)
    return data[:40] + body[:2] + checksum.to_bytes(2, "big") + body[4:]


@given(packets())
def test_headers_are_read_by_dpkt(packet: Packet) -> None:
    data = frame(packet)
    assert data[0] >> 4 == packet.family
    if packet.family == 4:
        read = dpkt.ip.IP(data)
        assert (read.src, read.dst, read.p) == (V4[0].packed(), V4[1].packed(), packet.protocol)
        assert read.len == len(data)
        assert internet_checksum(data[:20]) == 0
        ports = getattr(read.data, "dport", None)
    else:
        assert data[8:24] == V6[0].packed()
        assert data[6] == packet.protocol
        if packet.protocol not in {6, 17}:
            return
        read = dpkt.ip6.IP6(data)
        ports = read.data.dport
    if packet.protocol in {6, 17}:
        assert ports == packet.destination_port


@given(st.integers(0, 65535))
def test_a_udp_checksum_is_never_zero(port: int) -> None:
    checksum = frame(Packet(*V4, 17, port, 53))[26:28]
    assert checksum != b"\0\0"


def test_a_udp_checksum_of_zero_is_written_as_ones() -> None:
    found = [
        port for port in range(65536) if frame(Packet(*V4, 17, port, 53))[26:28] == b"\xff" * 2
    ]
    assert len(found) == 1


def test_checksum_of_an_odd_number_of_bytes() -> None:
    assert internet_checksum(b"\x01") == 0xFEFF
    assert internet_checksum(b"\xff\xff\xff\xff") == 0


def test_files_of_a_run(tmp_path: Path) -> None:
    written = write_packets(run(), tmp_path / "out")
    assert [path.name for path in written] == [
        "no-internet-to-db-1.pcapng",
        "no-internet-to-db-1.json",
        "db-answers-1.pcapng",
        "db-answers-1.json",
        "db-answers-2.pcapng",
        "db-answers-2.json",
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        path.name for path in written
    )
    document = json.loads(written[1].read_text())
    assert document["packet"]["destination_port"] == 5432


@pytest.fixture
def answered(tmp_path: Path) -> Path:
    return write_packets(run(), tmp_path)[2]


def test_read_back_by_scapy(answered: Path) -> None:
    with PcapNgReader(str(answered)) as reader:
        found = list(reader)
    assert len(found) == 4
    flags = [packet[TCP].flags for packet in found]
    assert flags == ["S", "S", "SA", "SA"]
    assert [packet[IP].dst for packet in found] == [
        "203.0.113.10",
        "10.0.1.10",
        "198.51.100.7",
        "198.51.100.7",
    ]
    assert [float(packet.time) for packet in found] == [0, 1, 2, 3]
    (comment,) = found[0].comments
    text = comment.decode() if isinstance(comment, bytes) else comment
    assert "as the internet by igw-1 sends it" in text
    assert "acl-1 (data)" in text


def test_read_back_by_python_pcapng(answered: Path) -> None:
    blocks = list(pcapng.FileScanner(io.BytesIO(answered.read_bytes())))
    header, *rest = blocks
    names = [block.options["if_name"] for block in rest[:2]]
    assert names == ["the internet by igw-1", "eni-1 (db-1)"]
    assert "db-answers: always internet" in header.options["opt_comment"]
    assert header.options["shb_userappl"] == "verifier"
    assert [block.interface_id for block in rest[2:]] == [0, 1, 1, 0]
    assert rest[0].link_type == 101


def test_read_back_by_dpkt(answered: Path) -> None:
    with answered.open("rb") as stream:
        reader = dpkt.pcapng.Reader(stream)
        assert reader.datalink() == 101
        ports = [dpkt.ip.IP(data).data.dport for _, data in reader]
    assert ports == [5432, 5432, 49152, 49152]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_read_back_by_tshark(answered: Path) -> None:
    told = subprocess.run(
        ["tshark", "-r", str(answered), "-T", "fields", "-e", "tcp.dstport", "-e", "frame.comment"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert [line.split("\t")[0] for line in told.splitlines()] == ["5432", "5432", "49152", "49152"]


def test_the_application_has_a_version_unless_deterministic(tmp_path: Path) -> None:
    path = write_packets(replace(run(), deterministic=False), tmp_path)[0]
    (header, *_) = pcapng.FileScanner(io.BytesIO(path.read_bytes()))
    assert header.options["shb_userappl"] == "verifier 0.1.0"


def test_a_packet_without_reply_is_two_frames(tmp_path: Path) -> None:
    packet = Packet(PROBE.packet.source, PROBE.packet.destination, 1, None, None, 3, 4)
    forward = replace(delivered(), packet=packet)
    found = Counterexample(
        replace(PROBE, packet=packet), Exchange(forward=forward, reply=None, works=True)
    )
    check = replace(CHECKS[0], result=replace(CHECKS[0].result, counterexamples=(found,)))
    path = write_packets(replace(run(), checks=(check,)), tmp_path)[0]  # type: ignore[arg-type]
    with PcapNgReader(str(path)) as reader:
        assert len(list(reader)) == 2


def test_comments_are_cut_at_a_whole_character() -> None:
    data = capture(["a"], [Captured(0, 1 << 40, b"\x45", "ü" * 40000)], comment="", application="")
    *_, packet = pcapng.FileScanner(io.BytesIO(data))
    assert packet.options["opt_comment"] == "ü" * (LONGEST_OPTION // 2)
    assert packet.timestamp == (1 << 40) / 1e6


def test_file_names_are_safe_and_different() -> None:
    ids = ("a", "A", "../../etc/passwd", "..", "a b", "a_b", "x" * 300, "ü", "")
    names = file_names(ids)
    assert names[0] == "a"
    assert len({name.casefold() for name in names}) == len(ids)
    for name in names:
        assert not set(name) & set("/\\ \0")
        assert not name.startswith(".")
        assert len(name) < 120
