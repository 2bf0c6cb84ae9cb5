"""Interfaces that services own: Lambda, RDS, ECS tasks, EKS nodes with prefixes and branches.

functions 10.100.1.0/24  Lambda                 tasks 10.100.2.0/24  ECS tasks (awsvpc)
data      10.100.3.0/24  RDS, EFS               nodes 10.100.4.0/24  an EKS node (trunk), its
                                                pods in a prefix, and a pod on a branch
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.snapshots.account import (
    Estate,
    closing,
    entry,
    everything,
    ident,
    permission,
    route,
)
from tests.known_answers.snapshots.asked import (
    PROVED,
    REFUTED,
    UNKNOWN,
    VACUOUS,
    Case,
    Says,
    case,
    check,
)
from tests.known_answers.snapshots.interfaces import host, interface, stopped

ALL, BLOCK = "0.0.0.0/0", "10.100.0.0/16"
PODS = "10.100.4.16/28"


def owners() -> Estate:
    estate = Estate()
    place = estate.place("111111111111", "eu-central-1")
    vpc = place.vpc("cloud", BLOCK)
    gateway = vpc.internet_gateway("gate")
    vpc.table("private")
    vpc.table("public", route(ALL, gateway))
    vpc.acl("data list", *everything(egress=True), *everything(egress=False))
    functions = vpc.subnet("functions", "10.100.1.0/24", table="private")
    tasks = vpc.subnet("tasks", "10.100.2.0/24", table="public")
    data = vpc.subnet("data", "10.100.3.0/24", table="public", acl="data list")
    nodes = vpc.subnet("nodes", "10.100.4.0/24", table="private")

    lambdas, task, node, pod = (
        vpc.group(name, allowed)
        for name, allowed in (
            ("lambdas", [permission("-1", None, ALL)]),
            ("task", [permission("tcp", 8080, ALL)]),
            ("node", [permission("tcp", 10250, BLOCK)]),
            ("pod", [permission("tcp", 8443, BLOCK)]),
        )
    )
    by = [lambdas["GroupId"], task["GroupId"]]
    base = vpc.group(
        "base", [permission("tcp", 3306, *by), permission("tcp", 3307, pod["GroupId"])]
    )
    files = vpc.group("files", [permission("tcp", 2049, node["GroupId"], pod["GroupId"])])
    number = "b1d9f0a2-5a55-4b3e-9e6b-1f6d9cf0b1d2"
    interface(functions, "fn", "10.100.1.10", lambdas, kind="lambda",
              Description=f"AWS Lambda VPC ENI-orders-{number}",
              RequesterId="AROAEXAMPLE:AWSLambda")  # fmt: skip
    interface(tasks, "job", "10.100.2.10", task, public="3.74.0.10",
              RequesterManaged=True, RequesterId="578734482556",
              Description=f"arn:aws:ecs:eu-central-1:111111111111:attachment/{number}")  # fmt: skip
    interface(data, "orders db", "10.100.3.10", base, RequesterManaged=True,
              RequesterId="amazon-rds", Description="RDSNetworkInterface")  # fmt: skip
    interface(data, "share", "10.100.3.20", files, RequesterManaged=True,
              RequesterId="AROAEXAMPLE:amazon-efs",
              Description="EFS mount target for fs-0123 (fsmt-0123)")  # fmt: skip
    trunk = host(nodes, "worker", "10.100.4.10", node)
    trunk["InterfaceType"] = "trunk"
    trunk["Ipv4Prefixes"] = [{"Ipv4Prefix": PODS}]
    branch = interface(nodes, "pod one", "10.100.4.40", pod, kind="branch",
                       Description="aws-k8s-branch-eni", RequesterManaged=False)  # fmt: skip
    branch.pop("Attachment")
    branch["Attachment"] = {"Status": "attached", "InstanceOwnerId": "111111111111"}
    return estate


QUERY = "always type:lambda, type:ecs -> type:rds on tcp/3306"
PODS_MOUNT = f"always {PODS} -> type:efs on tcp/2049"
POD_QUERY = "always type:branch -> type:rds on tcp/3307"
NODE_QUERY = "never type:trunk -> type:rds"
PUBLIC = "never internet -> type:rds"

RIGHT = (
    Says(QUERY, PROVED, "by their groups"),
    Says("never internet -> type:lambda", VACUOUS, "nobody can open a connection to a function"),
    Says(PODS_MOUNT, PROVED, "the node's group speaks for the addresses of its prefix"),
    Says(POD_QUERY, PROVED, "a pod on a branch has a group of its own"),
    Says(NODE_QUERY, PROVED, "which is not the node's"),
    Says(f"never {PODS} -> type:rds", PROVED, "nor that of the pods in the prefix"),
    Says(PUBLIC, PROVED, "no public address, and groups are named"),
    Says("always internet -> type:ecs on tcp/8080", PROVED, "a task with a public address"),
    Says("never internet -> type:trunk, type:branch", PROVED, "no public address"),
    Says("always type:branch -> name:worker on tcp/10250", PROVED, "two hosts, one machine"),
    Says("only type:lambda, type:ecs, type:branch -> type:rds", PROVED, "nobody else"),
)


def database_public(estate: Estate) -> None:
    """`publicly accessible`, and a rule for everybody, as in many a tutorial."""
    shown = {"IpOwnerId": "amazon-rds", "PublicDnsName": "", "PublicIp": "3.74.0.33"}
    eni = estate["orders db"]
    eni["Association"] = eni["PrivateIpAddresses"][0]["Association"] = shown
    estate["sg base"]["IpPermissions"].append(permission("tcp", 3306, ALL))


def public_but_shut(estate: Estate) -> None:
    database_public(estate)
    estate["sg base"]["IpPermissions"].pop()


def public_in_a_private_subnet(estate: Estate) -> None:
    database_public(estate)
    routes = estate["public"]["Routes"]
    routes[:] = [one for one in routes if one.get("DestinationCidrBlock") != ALL]


def functions_let_out_to_the_web(estate: Estate) -> None:
    estate["sg lambdas"]["IpPermissionsEgress"] = [permission("tcp", 443, ALL)]


def list_of_the_first_block(estate: Estate) -> None:
    """The list was written for the nodes' own addresses, before there were prefixes."""
    estate["data list"]["Entries"] = [
        *everything(egress=True),
        *closing(egress=True),
        entry(90, "allow", "6", (2049, 2049), "10.100.4.0/28"),
        entry(100, "deny", "6", (2049, 2049), "10.100.4.0/24"),
        *everything(egress=False)[1:],
        entry(110, "allow", "-1", None, ALL),
        *closing(egress=False),
    ]


def database_names_the_node(estate: Estate) -> None:
    """Somebody thought that pods on branches have the group of their node."""
    estate["sg base"]["IpPermissions"][1] = permission("tcp", 3307, ident("sg", "node"))


def node_stopped(estate: Estate) -> None:
    stopped(estate["instance worker"])


def new_kind(estate: Estate) -> None:
    estate["share"]["InterfaceType"] = "file_cache_managed"


def second_interface(estate: Estate) -> None:
    """A second interface of the worker; the instance shows the groups of the first alone."""
    eni = estate["pod one"]
    eni["InterfaceType"] = "interface"
    eni["Attachment"] |= {"InstanceId": ident("i", "worker"), "DeviceIndex": 1}


def detached(estate: Estate) -> None:
    eni = estate["orders db"]
    eni.pop("Attachment")
    eni["Status"] = "available"


CASES = (
    case("right", None, *RIGHT),
    case(
        "a public database",
        database_public,
        Says(PUBLIC, REFUTED, "a public address and an open group", "orders db"),
        Says("always internet -> type:rds on tcp/3306", PROVED, "and answers have a way"),
    ),
    case(
        "a public database, shut",
        public_but_shut,
        Says(PUBLIC, PROVED, "an address is no permission"),
        Says("never type:ecs -> 3.74.0.33", PROVED, "by that name no reference matches"),
    ),
    case(
        "a public database in a private subnet",
        public_in_a_private_subnet,
        Says(PUBLIC, REFUTED, "no route is needed to come in", "orders db"),
        Says("some internet -> type:rds", REFUTED, "but to answer"),
    ),
    case(
        "functions are let out to the web",
        functions_let_out_to_the_web,
        Says(QUERY, REFUTED, "their egress rules judge, too", "fn"),
        Says("always type:ecs -> type:rds on tcp/3306", PROVED, "the tasks' do not"),
    ),
    case(
        "a list that knows no prefixes",
        list_of_the_first_block,
        Says(PODS_MOUNT, REFUTED, "pods have other addresses", "data list"),
        Says("always name:worker -> type:efs on tcp/2049", PROVED, "the node has not"),
    ),
    case(
        "the database names the node",
        database_names_the_node,
        Says(POD_QUERY, REFUTED, "the pod's group is another", "orders db"),
        Says(
            f"never {PODS} -> type:rds", REFUTED, "but pods in the prefix are let in", "orders db"
        ),
    ),
    case(
        "the node is stopped",
        node_stopped,
        Says(PODS_MOUNT, REFUTED, "as it is, it sends nothing", "worker"),
        Says(f"never {PODS} -> type:efs", REFUTED, "it may be started tomorrow", "share"),
    ),
    case(
        "an interface of a new kind",
        new_kind,
        Says("never name:worker -> name:share", UNKNOWN, "of what?", ident("eni", "share")),
        Says(QUERY, PROVED, "the database is not of it"),
    ),
    case(
        "a second interface",
        second_interface,
        Says('always name:"pod one" -> type:rds on tcp/3307', PROVED, "its own group counts"),
        Says("never 10.100.4.10 -> type:rds", PROVED, "the first interface has another"),
    ),
    case(
        "a detached interface",
        detached,
        Says("never any -> type:rds", VACUOUS, "it plays no part"),
    ),
)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_owners(one: Case, tmp_path: Path) -> None:
    check(owners, one, tmp_path)
