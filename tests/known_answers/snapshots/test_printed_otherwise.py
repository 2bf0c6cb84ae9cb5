"""The same networks, printed in another way: the answers stay the same.

Pages, one file for all, boto3's metadata, other encodings, lists in another order, rules one by one
instead of grouped, and what one command says twice said once.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.known_answers.snapshots import (
    test_accounts,
    test_balancing,
    test_controls,
    test_on_premises,
    test_owners,
    test_transit_gateways,
)
from tests.known_answers.snapshots.account import LISTINGS, Estate, Json, ident
from tests.known_answers.snapshots.asked import Says, ask, asked

Networks = tuple[Callable[[], Estate], tuple[Says, ...]]
NETWORKS: dict[str, Networks] = {
    "transit": (test_transit_gateways.hub, test_transit_gateways.RIGHT),
    "sites": (test_on_premises.sites, test_on_premises.RIGHT),
    "balancers": (test_balancing.shop, test_balancing.RIGHT),
    "controls": (test_controls.controls, test_controls.RIGHT),
    "accounts": (test_accounts.accounts, test_accounts.RIGHT),
    "owners": (test_owners.owners, test_owners.RIGHT),
}


def in_pages(estate: Estate) -> None:
    """Each listing in two files, as a script with a paginator writes them."""
    for place in estate.places.values():
        for name, key in LISTINGS.items():
            things = place.files[name][key]
            half = len(things) // 2
            place.files[name] = {key: things[:half], "ResponseMetadata": {"HTTPStatusCode": 200}}
            place.files[f"{name}-2"] = {key: things[half:]}


def in_one_file(estate: Estate) -> None:
    """All the listings of one account and Region in one object."""
    for place in estate.places.values():
        together: Json = {}
        for name in [one for one in place.files if one in LISTINGS]:
            content = place.files.pop(name)
            key = LISTINGS[name]
            together.setdefault(key, []).extend(content[key])
        place.files["everything"] = together


def backwards(estate: Estate) -> None:
    """Every list in the other order: order means nothing anywhere, but in stateful rules."""
    for place in estate.places.values():
        kept = [name for name in place.files if name.startswith("network-firewall")]
        for name in place.files.keys() - set(kept):
            place.files[name] = _turned(place.files[name])


def _turned(thing: object) -> object:
    match thing:
        case dict():
            return {key: _turned(value) for key, value in reversed(thing.items())}
        case list():
            return [_turned(one) for one in reversed(thing)]
        case _:
            return thing


def rule_by_rule(estate: Estate) -> None:
    """`describe-security-group-rules` instead of the rules in `describe-security-groups`."""
    for place in estate.places.values():
        flat: list[Json] = []
        for group in place.listed("describe-security-groups"):
            for egress, key in ((False, "IpPermissions"), (True, "IpPermissionsEgress")):
                for permission in group.pop(key):
                    flat.extend(_flat(group, permission, egress))
        place.files["describe-security-group-rules"] = {"SecurityGroupRules": flat}


def _flat(group: Json, permission: Json, egress: bool) -> list[Json]:
    peers: list[Json] = [{"CidrIpv4": one["CidrIp"]} for one in permission["IpRanges"]]
    peers += [{"CidrIpv6": one["CidrIpv6"]} for one in permission["Ipv6Ranges"]]
    peers += [{"PrefixListId": one["PrefixListId"]} for one in permission["PrefixListIds"]]
    peers += [{"ReferencedGroupInfo": one} for one in permission["UserIdGroupPairs"]]
    return [
        {
            "SecurityGroupRuleId": ident(
                "sgr", group["GroupId"], str(egress), str(permission), str(peer)
            ),
            "GroupId": group["GroupId"],
            "GroupOwnerId": group["OwnerId"],
            "IsEgress": egress,
            "IpProtocol": permission["IpProtocol"],
            "FromPort": permission.get("FromPort", -1),
            "ToPort": permission.get("ToPort", -1),
            "Tags": [],
            **peer,
        }
        for peer in peers
    ]


def by_numbers(estate: Estate) -> None:
    """Protocols of groups by number, and the NAT gateways' interfaces as the API's model has it."""
    numbers = {"tcp": "6", "udp": "17", "icmp": "1"}
    for place in estate.places.values():
        for group in place.listed("describe-security-groups"):
            for permission in group["IpPermissions"] + group["IpPermissionsEgress"]:
                protocol = permission["IpProtocol"]
                permission["IpProtocol"] = numbers.get(protocol, protocol)
        for eni in place.listed("describe-network-interfaces"):
            if eni["InterfaceType"] == "nat_gateway":
                eni["InterfaceType"] = "natGateway"


def without_associations(estate: Estate) -> None:
    """What a table routes is said by the attachments alone."""
    _leave_out(estate, "associations")


def without_propagations(estate: Estate) -> None:
    """What is propagated is said by the routes alone."""
    _leave_out(estate, "propagations")


def _leave_out(estate: Estate, what: str) -> None:
    for place in estate.places.values():
        for name in [one for one in place.files if one.startswith("tgw-rtb-")]:
            if name.endswith(what):
                del place.files[name]


def said_by_the_tables(estate: Estate) -> None:
    """What a table routes is said by the tables' files alone, not by the attachments."""
    for place in estate.places.values():
        for one in place.listed("describe-transit-gateway-attachments"):
            one.pop("Association", None)


def entries_with_the_lists(estate: Estate) -> None:
    """`describe-prefix-lists`, which prints the blocks at once, instead of one file for each."""
    for place in estate.places.values():
        lists = place.files["describe-managed-prefix-lists"]["PrefixLists"]
        for one in lists:
            entries = place.files.pop(one["PrefixListId"])["Entries"]
            one["Cidrs"] = [entry["Cidr"] for entry in entries]


OTHERWISE = [
    in_pages,
    in_one_file,
    backwards,
    rule_by_rule,
    by_numbers,
    without_associations,
    without_propagations,
    said_by_the_tables,
    entries_with_the_lists,
]
TABLES = (without_associations, without_propagations, said_by_the_tables)
PAIRS = [
    (name, other)
    for name in NETWORKS
    for other in OTHERWISE
    if other not in TABLES or name in {"transit", "sites"}
]


@pytest.mark.parametrize(
    ("name", "other"), PAIRS, ids=[f"{name}-{other.__name__}" for name, other in PAIRS]
)
def test_the_answers_are_the_same(
    name: str, other: Callable[[Estate], None], tmp_path: Path
) -> None:
    built, right = NETWORKS[name]
    estate = built()
    other(estate)
    report = ask(estate, tmp_path, *(says.statement for says in right))
    found = [result["verdict"] for result in report["results"]]
    assert found == [says.verdict for says in right]


@pytest.mark.parametrize("encoding", ["gzip", "utf-8-sig", "utf-16"])
def test_files_in_other_encodings(encoding: str, tmp_path: Path) -> None:
    estate = test_owners.owners()
    (place,) = estate.places.values()
    folder = tmp_path / "snapshot" / place.account / place.region
    folder.mkdir(parents=True)
    for name, content in place.files.items():
        text = json.dumps(content)
        if encoding == "gzip":
            (folder / f"{name}.json.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / f"{name}.json").write_text(text, encoding=encoding)
    report = asked(tmp_path / "snapshot", test_owners.RIGHT[0].statement)
    assert report["results"][0]["verdict"] == test_owners.RIGHT[0].verdict
