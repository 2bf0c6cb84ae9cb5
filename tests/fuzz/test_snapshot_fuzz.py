"""Whatever a file holds, reading it ends in a network or in a `SnapshotError`.

Valid documents are broken in one to three places, and arbitrary JSON and bytes are tried.
"""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.snapshot.documents import network_document, second_vpc
from verifier.errors import SnapshotError
from verifier.model import Network
from verifier.snapshot import inventory, read_snapshot
from verifier.snapshot.resources import KINDS


def rich_document() -> dict[str, Any]:
    """A document that has something of every kind."""
    document = second_vpc(network_document())
    blocks = [{"Ipv6CidrBlock": "2600::/56", "Ipv6CidrBlockState": {"State": "associated"}}]
    document["Vpcs"][0]["Ipv6CidrBlockAssociationSet"] = blocks
    document["NetworkInterfaces"][0] |= {
        "Association": {"PublicIp": "203.0.113.1"},
        "Attachment": {"InstanceId": "i-1", "Status": "attached"},
        "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.1.64/28"}],
        "TagSet": [{"Key": "Name", "Value": "x"}],
    }
    instance = {"InstanceId": "i-1", "State": {"Name": "running"}, "NetworkInterfaces": []}
    document["Reservations"] = [{"OwnerId": "1", "Instances": [instance]}]
    document["SecurityGroups"][0]["IpPermissions"].append(
        {
            "IpProtocol": "icmp",
            "FromPort": 8,
            "ToPort": -1,
            "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
            "PrefixListIds": [{"PrefixListId": "pl-1"}],
            "UserIdGroupPairs": [{"GroupId": "sg-1", "PeeringStatus": "deleted", "VpcId": "v"}],
        }
    )
    address = {"PrivateIp": "10.0.1.9", "PublicIp": "203.0.113.2", "IsPrimary": True}
    document["NatGateways"] = [
        {
            "NatGatewayId": "nat-1",
            "VpcId": "vpc-1",
            "SubnetId": "subnet-1",
            "State": "available",
            "NatGatewayAddresses": [address],
        }
    ]
    document["VpcPeeringConnections"] = [
        {
            "VpcPeeringConnectionId": "pcx-1",
            "Status": {"Code": "active"},
            "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlockSet": [{"CidrBlock": "10.0.0.0/16"}]},
            "AccepterVpcInfo": {"VpcId": "vpc-9", "CidrBlock": "10.9.0.0/16"},
        }
    ]
    document["PrefixLists"] = [{"PrefixListId": "pl-1", "Cidrs": ["10.0.0.0/8"]}]
    document["Addresses"] = [{"PublicIp": "203.0.113.1", "NetworkInterfaceId": "eni-1"}]
    document["VpnGateways"] = [
        {"VpnGatewayId": "vgw-1", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}
    ]
    document["VpcBlockPublicAccessOptions"] = {"InternetGatewayBlockMode": "off"}
    document["RouteTables"][0]["Routes"] += [
        {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
        {"DestinationIpv6CidrBlock": "::/0", "NatGatewayId": "nat-1"},
        {"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1"},
    ]
    return document


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in items:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, step))


RICH = rich_document()
PLACES = list(places(RICH))
TEXTS = st.sampled_from(
    ["", "vpc-2", "subnet-3", "10.0.0.0/8", "::/0", "10.0.1.10", "-1", "tcp", "pending", "\ud800"]
) | st.text(max_size=5)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


def outcome(data: bytes) -> Network | None:
    """The network, or None where a `SnapshotError` says why there is none."""
    try:
        snapshot = read_snapshot(["-"], stdin=io.BytesIO(data))
    except SnapshotError as error:
        str(error).encode()
        return None
    found = inventory(snapshot)
    assert found.counts["vpcs"] == len(snapshot.network.vpcs)
    return snapshot.network


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_broken_documents(data: st.DataObject) -> None:
    document = copy.deepcopy(RICH)
    for path in data.draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        place: Any = document
        try:
            for step in path[:-1]:
                place = place[step]
            kind = data.draw(st.sampled_from(["delete", "replace", "twice", "rename"]))
            if kind == "delete":
                del place[path[-1]]
            elif kind == "replace":
                place[path[-1]] = data.draw(VALUES)
            elif kind == "twice":
                place.append(copy.deepcopy(place[path[-1]]))
            else:
                place[data.draw(TEXTS)] = place.pop(path[-1])
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    outcome(json.dumps(document).encode())


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*KINDS, "Reservations", "NextToken"]), VALUES, max_size=4))
def test_arbitrary_values_under_known_keys(document: dict[str, Any]) -> None:
    outcome(json.dumps(document).encode())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes(data: bytes) -> None:
    outcome(data)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0), st.binary(max_size=3))
def test_truncated_and_overwritten_files(position: int, splice: bytes) -> None:
    data = json.dumps(RICH).encode()
    at = position % len(data)
    outcome(data[:at])
    outcome(data[:at] + splice + data[at + len(splice) :])


def test_the_unbroken_document_is_a_network() -> None:
    found = outcome(json.dumps(RICH).encode())
    assert found is not None
    assert [gap.clause for gap in found.gaps]
