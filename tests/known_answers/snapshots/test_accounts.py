"""Several accounts and Regions: the same addresses twice, peering, references, a shared VPC.

payments 10.1.0.0/16 (111111111111, eu-central-1) = reports 10.2.0.0/16 (222222222222)
copy     10.1.0.0/16 (333333333333, eu-central-1) = reports, which tells them apart by subnet
archive  10.3.0.0/16 (222222222222, eu-west-1)    = payments
partner  10.99.0.0/16 (999999999999)              = payments; nobody collected it
hall     10.8.0.0/16 (444444444444), of which 555555555555 uses a subnet
"""

from __future__ import annotations

import contextlib
import io
from copy import deepcopy
from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import Estate, Json, ident, permission, route
from tests.known_answers.snapshots.asked import (
    PROVED,
    REFUTED,
    UNKNOWN,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.gateways import peering
from tests.known_answers.snapshots.interfaces import host
from verifier.cli import main

CENTRAL, WEST = "eu-central-1", "eu-west-1"
PAID, COPIED, FAR, PARTNER = (
    ident("pcx", name) for name in ("paid", "copied", "far", "partner link")
)


def by_group(group: str, account: str, vpc: str, link: str) -> Json:
    """A reference to a group over a peering connection, as it is listed."""
    return {
        "UserId": account,
        "GroupId": ident("sg", group),
        "VpcId": ident("vpc", vpc),
        "VpcPeeringConnectionId": ident("pcx", link),
        "PeeringStatus": "active",
    }


def accounts() -> Estate:
    estate = Estate()
    one = estate.place("111111111111", CENTRAL)
    two = estate.place("222222222222", CENTRAL)
    payments, copy = (
        one.vpc("payments", "10.1.0.0/16"),
        estate.place("333333333333", CENTRAL).vpc("copy", "10.1.0.0/16"),
    )
    reports = two.vpc("reports", "10.2.0.0/16")
    archive = estate.place("222222222222", WEST).vpc("archive", "10.3.0.0/16")
    peering(reports, payments, "paid")
    peering(reports, copy, "copied")
    peering(archive, payments, "far")
    partner(estate)
    payments.table("pay table", route("10.2.0.0/16", PAID), route("10.3.0.0/16", FAR),
                   route("10.99.0.0/16", PARTNER))  # fmt: skip
    copy.table("copy table", route("10.2.0.0/16", COPIED))
    reports.table("report table", route("10.1.1.0/24", PAID), route("10.1.2.0/24", COPIED))
    archive.table("archive table", route("10.1.0.0/16", FAR))
    data = payments.group("pay db", [
        permission("tcp", 5432, by_group("jobs", "222222222222", "reports", "paid")),
        permission("tcp", 5433, by_group("archiver", "222222222222", "archive", "far")),
        permission("tcp", 873, "10.3.0.0/16"),
    ])  # fmt: skip
    everybody = [permission("tcp", 5432, "10.0.0.0/8")]
    host(payments.subnet("pay net", "10.1.1.0/24", table="pay table"), "pay db", "10.1.1.10", data)
    host(copy.subnet("decoy net", "10.1.1.0/24", table="copy table"), "decoy", "10.1.1.10",
         copy.group("decoy", everybody))  # fmt: skip
    host(copy.subnet("copy net", "10.1.2.0/24", table="copy table"), "copy db", "10.1.2.10",
         copy.group("copy db", everybody))  # fmt: skip
    host(reports.subnet("report net", "10.2.1.0/24", table="report table"), "report job",
         "10.2.1.10", reports.group("jobs"))  # fmt: skip
    host(archive.subnet("archive net", "10.3.1.0/24", table="archive table"), "archiver",
         "10.3.1.10", archive.group("archiver"))  # fmt: skip
    hall(estate)
    return estate


def partner(estate: Estate) -> None:
    """A connection to a VPC of somebody else's account."""
    listed = estate.place("111111111111", CENTRAL).listed("describe-vpc-peering-connections")
    other = deepcopy(estate["paid"])
    other["VpcPeeringConnectionId"] = PARTNER
    other["RequesterVpcInfo"] |= {
        "CidrBlock": "10.99.0.0/16",
        "CidrBlockSet": [{"CidrBlock": "10.99.0.0/16"}],
        "OwnerId": "999999999999",
        "VpcId": "vpc-0999999999999999a",
    }
    listed.append(other)
    estate.made["partner link"] = other


def hall(estate: Estate) -> None:
    """A VPC whose owner shares a subnet: both accounts list it, each with its own zone names."""
    owner = estate.place("444444444444", CENTRAL)
    user = estate.place("555555555555", CENTRAL)
    vpc = owner.vpc("hall", "10.8.0.0/16")
    vpc.table("hall table")
    lent = vpc.subnet("lent", "10.8.1.0/24", table="hall table")
    kept = vpc.subnet("kept", "10.8.2.0/24", table="hall table")
    host(
        kept,
        "owner app",
        "10.8.2.10",
        vpc.group("owner app", [permission("tcp", 443, "10.8.1.0/24")]),
    )
    for command in ("describe-vpcs", "describe-route-tables", "describe-network-acls"):
        shown = deepcopy(owner.listed(command))
        for thing in shown:
            thing["Tags"] = []
        user.listed(command).extend(shown)
    seen = deepcopy(lent.json) | {"Tags": [], "AvailabilityZone": "eu-central-1c"}
    user.listed("describe-subnets").append(seen)
    estate.made["lent as seen"] = seen
    theirs: Json = {
        "GroupId": ident("sg", "tenant"),
        "GroupName": "tenant",
        "VpcId": vpc.id,
        "OwnerId": "555555555555",
        "Description": "of the tenant",
        "IpPermissions": [permission("tcp", 22, "10.8.2.0/24")],
        "IpPermissionsEgress": [permission("-1", None, "0.0.0.0/0")],
        "Tags": [],
    }
    user.add("describe-security-groups", "sg tenant", theirs)
    eni = host(lent, "tenant app", "10.8.1.10", theirs, account="555555555555")
    instances = owner.listed("describe-instances")
    user.listed("describe-instances").append(instances.pop())
    own_view = deepcopy(eni) | {"AvailabilityZone": "eu-central-1c"}
    user.listed("describe-network-interfaces").append(own_view)


QUERY = 'always vpc:reports -> name:"pay db" on tcp/5432'
DECOY = "never vpc:reports -> name:decoy"
COPY = 'always vpc:reports -> name:"copy db" on tcp/5432'
STORE = 'always vpc:archive -> name:"pay db" on tcp/873'
FAR_GROUP = 'never vpc:archive -> name:"pay db" on tcp/5433'
STRANGERS = 'never 10.99.0.0/16 -> name:"pay db" on tcp/873'
RIGHT = (
    Says(QUERY, PROVED, "a group of another account, over a connection within one Region"),
    Says(DECOY, PROVED, "10.1.1.0/24 leads to the payments"),
    Says(COPY, PROVED, "10.1.2.0/24 leads to the copy"),
    Says(STORE, PROVED, "by address, between Regions"),
    Says(FAR_GROUP, PROVED, "no reference matches between Regions"),
    Says(STRANGERS, PROVED, "the group names the archive's addresses alone"),
    Says("never vpc:payments -> vpc:copy, name:decoy", PROVED, "not joined, same addresses or not"),
    Says("never account:333333333333 -> account:111111111111", PROVED, "not joined"),
    Says("never vpc:archive -> vpc:reports", PROVED, "one account, but not joined"),
    Says('always name:"tenant app" -> name:"owner app" on tcp/443', PROVED, "within the hall"),
    Says('always name:"owner app" -> account:555555555555 on tcp/22', PROVED, "and back"),
    Says("never 10.99.0.0/16 -> vpc:reports", PROVED, "no way through the payments"),
)


def no_way_back(estate: Estate) -> None:
    routes = estate["pay table"]["Routes"]
    routes[:] = [one for one in routes if one.get("DestinationCidrBlock") != "10.2.0.0/16"]


def wrong_connection(estate: Estate) -> None:
    for one in estate["report table"]["Routes"]:
        if one.get("DestinationCidrBlock") == "10.1.1.0/24":
            one["VpcPeeringConnectionId"] = COPIED


def one_route_for_both(estate: Estate) -> None:
    """The whole block to the payments: the copy's subnet is nobody there."""
    routes = estate["report table"]["Routes"]
    routes[:] = [*routes[:1], route("10.1.0.0/16", PAID)]


def reference_stale(estate: Estate) -> None:
    pair = estate["sg pay db"]["IpPermissions"][0]["UserIdGroupPairs"][0]
    pair["PeeringStatus"] = "deleted"


def connection_deleted(estate: Estate) -> None:
    estate["paid"]["Status"] = {"Code": "deleted", "Message": "Deleted by 222222222222"}
    for table in ("pay table", "report table"):
        for one in estate[table]["Routes"]:
            if one.get("VpcPeeringConnectionId") == PAID:
                one["State"] = "blackhole"


def strangers_let_in(estate: Estate) -> None:
    estate["sg pay db"]["IpPermissions"][2]["IpRanges"].append({"CidrIp": "10.99.0.0/16"})


def account_not_collected(estate: Estate) -> None:
    del estate.places[("222222222222", CENTRAL)]


def group_of_the_archive_by_address(estate: Estate) -> None:
    estate["sg pay db"]["IpPermissions"][1]["IpRanges"].append({"CidrIp": "10.3.1.10/32"})


def tenant_lets_all_in(estate: Estate) -> None:
    estate["sg tenant"]["IpPermissions"] = [permission("-1", None, "0.0.0.0/0")]


CASES = (
    case("right", None, *RIGHT),
    case(
        "no way back",
        no_way_back,
        Says(QUERY, REFUTED, "the answer has no route", "pay table"),
        Says('never vpc:reports -> name:"pay db" on tcp/5432', REFUTED, "but it is asked", PAID),
    ),
    case(
        "the wrong connection",
        wrong_connection,
        Says(DECOY, REFUTED, "the same address in another VPC", COPIED),
        Says(QUERY, REFUTED, "what was meant for one is with the other"),
        Says('never vpc:reports -> name:"pay db"', PROVED, "the payments are not reached"),
    ),
    case(
        "one route for both",
        one_route_for_both,
        Says(COPY, REFUTED, "nobody in the payments has that address"),
        Says(QUERY, PROVED, "the payments are still reached"),
        Says("never vpc:reports -> vpc:copy", PROVED, "the copy is not"),
    ),
    case(
        "a stale reference",
        reference_stale,
        Says(QUERY, UNKNOWN, "of a connection that was deleted; another was made"),
    ),
    case(
        "the connection is deleted",
        connection_deleted,
        Says('never vpc:reports -> name:"pay db"', PROVED, "no way any more"),
        Says(COPY, PROVED, "the other connection is there"),
    ),
    case(
        "the partner is let in",
        strangers_let_in,
        Says(STRANGERS, UNKNOWN, "nobody knows what the partner sends", PARTNER),
        Says('never 10.98.0.0/16 -> name:"pay db" on tcp/873', PROVED, "not the group's business"),
    ),
    case(
        "an account was not collected",
        account_not_collected,
        Says('never 10.2.0.0/16 -> name:"pay db" on tcp/5432', UNKNOWN, "who is there?", PAID),
        Says('never 10.2.0.0/16 -> name:"pay db" on tcp/22', PROVED, "no rule for that port"),
        Says(STORE, PROVED, "the archive was collected"),
    ),
    case(
        "the archive by its address",
        group_of_the_archive_by_address,
        Says(FAR_GROUP, REFUTED, "an address matches where a reference does not", FAR),
    ),
    case(
        "the tenant lets all in",
        tenant_lets_all_in,
        Says('always name:"owner app" -> name:"tenant app" on tcp/3389', PROVED, "it does"),
        Says("never internet -> account:555555555555", PROVED, "the hall has no gateway"),
        Says("never vpc:payments -> account:555555555555", PROVED, "nor a connection"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_accounts(one: Case, tmp_path: Path) -> None:
    check(accounts, one, tmp_path)


def test_two_accounts_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    estate = accounts()
    estate["lent as seen"]["CidrBlock"] = "10.8.7.0/24"
    estate.write(tmp_path)
    told = io.StringIO()
    with contextlib.redirect_stderr(told), pytest.raises(SystemExit) as ended:
        main(["--snapshot", str(tmp_path), "--invariant", "never internet -> any"])
    assert ended.value.code == 3
    assert "describe-subnets.json: $.Subnets[0].CidrBlock" in told.getvalue()
