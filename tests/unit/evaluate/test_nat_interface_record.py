"""NAT-7: an available gateway's addresses are in use, whatever the record of its interface says."""

from __future__ import annotations

import pytest

from tests.strategies.builder import Build, outside, packet, probe
from verifier.evaluate import exchange
from verifier.model import InterfaceKind


@pytest.mark.parametrize("attached", [True, False])
def test_replies_come_back_by_the_gateway(attached: bool) -> None:
    net = Build()
    vpc = net.vpc("10.0.0.0/16").internet_gateway()
    edge = vpc.subnet("10.0.9.0/24").route("0.0.0.0/0", vpc.igw)
    edge.interface(
        "10.0.9.9", public="52.0.0.9", kind=InterfaceKind.NAT_GATEWAY, groups=[], attached=attached
    )
    nat = edge.nat_gateway("10.0.9.9", "52.0.0.9")
    host = vpc.subnet("10.0.1.0/24").route("0.0.0.0/0", nat).interface("10.0.1.5")
    asked = probe(host, outside("8.8.8.8"), packet("10.0.1.5", "8.8.8.8"))
    assert exchange(net.network(), asked).works
