"""Load balancers, listeners, rules and target groups, in every shape in which they are printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.snapshot.documents import ACCOUNT, Document, interface, network, network_document
from verifier.model import BalancerKind, Forward, LoadBalancer, Network, TargetGroup, TargetType
from verifier.packet import Address
from verifier.snapshot import read_snapshot

PREFIX = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}"
BALANCER = f"{PREFIX}:loadbalancer/net/front/1a2b"
APPLICATION = f"{PREFIX}:loadbalancer/app/web/3c4d"
GROUP = f"{PREFIX}:targetgroup/targets/5e6f"
LISTENER = f"{PREFIX}:listener/net/front/1a2b/77"
WEB_LISTENER = f"{PREFIX}:listener/app/web/3c4d/88"
RULE = f"{PREFIX}:listener-rule/app/web/3c4d/88/99"


def forward(group: str = GROUP) -> Document:
    return {"Type": "forward", "TargetGroupArn": group}


def node(number: int = 5, name: str = "net/front/1a2b", **fields: Any) -> Document:
    values = {"Description": f"ELB {name}", "AvailabilityZone": "eu-west-1a", **fields}
    return interface(number, **values)


def instance_interface(number: int, index: int | None) -> Document:
    attachment: Document = {"InstanceId": "i-1", "Status": "attached"}
    if index is not None:
        attachment["DeviceIndex"] = index
    return interface(number, Attachment=attachment, AvailabilityZone="eu-west-1a")


def document(**fields: Any) -> Document:
    """A network load balancer with one listener before one instance, everything listed."""
    found = network_document()
    found["NetworkInterfaces"] = [
        instance_interface(1, 0),
        instance_interface(2, 1),
        node(InterfaceType="network_load_balancer", Groups=[]),
        node(6, "app/web/3c4d"),
    ]
    found |= {
        "LoadBalancers": [
            {
                "LoadBalancerArn": BALANCER,
                "LoadBalancerName": "front",
                "Type": "network",
                "Scheme": "internal",
                "VpcId": "vpc-1",
            }
        ],
        "Listeners": [listener()],
        "TargetGroups": [group()],
        "LoadBalancerTargetHealth": [health()],
        "TargetGroupAttributes": [{"TargetGroupArn": GROUP, "Attributes": [attribute()]}],
        "LoadBalancerAttributes": [
            {
                "LoadBalancerArn": BALANCER,
                "Attributes": [
                    {"Key": "load_balancing.cross_zone.enabled", "Value": "true"},
                ],
            }
        ],
    }
    return {key: value for key, value in (found | fields).items() if value is not None}


def listener(**fields: Any) -> Document:
    return {
        "ListenerArn": LISTENER,
        "LoadBalancerArn": BALANCER,
        "Port": 443,
        "Protocol": "TCP",
        "DefaultActions": [forward()],
        **fields,
    }


def group(**fields: Any) -> Document:
    return {
        "TargetGroupArn": GROUP,
        "TargetGroupName": "targets",
        "TargetType": "instance",
        "Protocol": "TCP",
        "Port": 80,
        "LoadBalancerArns": [BALANCER],
        **fields,
    }


def health(*targets: Document, **fields: Any) -> Document:
    chosen = targets or ({"Id": "i-1", "Port": 8080},)
    described = [{"Target": one, "TargetHealth": {"State": "unused"}} for one in chosen]
    return {"TargetGroupArn": GROUP, "TargetHealthDescriptions": described, **fields}


def attribute(key: str = "preserve_client_ip.enabled", value: str = "false") -> Document:
    return {"Key": key, "Value": value}


def balancer(found: Network, arn: str = BALANCER) -> LoadBalancer:
    return found.load_balancers[arn]


def targets(found: Network) -> TargetGroup:
    return found.target_groups[GROUP]


def test_all_of_it() -> None:
    found = network(document())
    one = balancer(found)
    assert (one.name, one.kind, one.scheme) == ("front", BalancerKind.NETWORK, "internal")
    assert (one.interface_ids, one.account, one.gap) == (("eni-5",), ACCOUNT, None)
    assert (one.cross_zone, one.zone_gap, one.link_gap) == (True, None, None)
    (heard,) = one.listeners
    assert (heard.protocol, heard.port, heard.forwards) == ("TCP", 443, (Forward(GROUP),))
    served = targets(found)
    assert (served.type, served.protocol, served.port) == (TargetType.INSTANCE, "TCP", 80)
    assert (served.keeps_client_address, served.cross_zone, served.gap) == (False, None, None)
    (target,) = served.targets
    assert (target.id, target.port, target.interface_ids) == ("i-1", 8080, ("eni-1",))
    # the other balancer's interface is not listed: it stays a relay with a gap
    assert [relay.interface_id for relay in found.relays] == ["eni-6"]
    assert found.interfaces["eni-5"].source_destination_check is False
    assert [gap.clause for gap in found.gaps] == ["GAP-11"]


def read_with(folder: Path, files: dict[str, Document]) -> Network:
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return read_snapshot([str(folder)]).network


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("any.json", {"TargetGroupArn": GROUP, "TargetHealthDescriptions": [
            {"Target": {"Id": "i-1"}}]}),
        ("targets.json", {"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}}]}),
        ("targets-5e6f.json", {"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}}]}),
        ("targets_5e6f.json", {"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}}]}),
    ],
)  # fmt: skip
def test_targets_without_the_name_of_their_group(
    tmp_path: Path, name: str, content: Document
) -> None:
    rest = document(LoadBalancerTargetHealth=None)
    found = read_with(tmp_path, {"a.json": rest, name: content})
    assert [target.id for target in targets(found).targets] == ["i-1"]
    assert balancer(found).gap is None


def test_targets_of_nobody_knows_which_group(tmp_path: Path) -> None:
    content = {"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}}]}
    rest = document(LoadBalancerTargetHealth=None)
    found = read_with(tmp_path, {"a.json": rest, "health.json": content})
    gap = balancer(found).gap
    assert gap is not None
    assert gap.clause == "LB-14"
    assert gap.detail == f"the registered targets of {GROUP} are not in the snapshot"


def test_attributes_without_a_name(tmp_path: Path) -> None:
    of_group = [attribute(value="true"), attribute("deregistration_delay.timeout_seconds", "9")]
    of_balancer = [attribute("load_balancing.cross_zone.enabled", "false")]
    rest = document(TargetGroupAttributes=None, LoadBalancerAttributes=None)
    found = read_with(
        tmp_path,
        {
            "a.json": rest,
            "targets.json": {"Attributes": of_group},
            "front.json": {"Attributes": of_balancer},
        },
    )
    assert targets(found).keeps_client_address is True
    assert balancer(found).cross_zone is False


def test_files_as_the_script_names_them(tmp_path: Path) -> None:
    of_group = [attribute(value="true"), attribute("deregistration_delay.timeout_seconds", "9")]
    of_balancer = [attribute("load_balancing.cross_zone.enabled", "false")]
    unnamed = {"LoadBalancerTargetHealth": None, "TargetGroupAttributes": None}
    files = {
        "a.json": document(LoadBalancerAttributes=None, **unnamed),
        "targets-5e6f-health.json": {
            "TargetHealthDescriptions": health()["TargetHealthDescriptions"]
        },
        "targets-5e6f-attributes.json": {"Attributes": of_group},
        "net-front-1a2b-attributes.json": {"Attributes": of_balancer},
    }
    found = read_with(tmp_path, files)
    assert [target.id for target in targets(found).targets] == ["i-1"]
    assert targets(found).keeps_client_address is True
    assert balancer(found).cross_zone is False
    assert balancer(found).gap is None


def test_attributes_with_a_name_beside_them() -> None:
    rest = document(TargetGroupAttributes=None, Attributes=[attribute()], TargetGroupArn=GROUP)
    assert targets(network(rest)).keeps_client_address is False
    cross = [attribute("load_balancing.cross_zone.enabled", "false")]
    rest = document(LoadBalancerAttributes=None, Attributes=cross, LoadBalancerArn=BALANCER)
    assert balancer(network(rest)).cross_zone is False


def test_attributes_that_are_not_there() -> None:
    found = network(document(TargetGroupAttributes=None, LoadBalancerAttributes=None))
    served, one = targets(found), balancer(found)
    assert served.gap is not None
    assert served.gap.clause == "LB-7"
    assert one.zone_gap is not None
    assert one.zone_gap.clause == "LB-8"
    assert [told.clause for told in found.assumptions] == ["LB-7"]
    unused = document(TargetGroupAttributes=None, TargetGroups=[group(LoadBalancerArns=[])])
    assert targets(network(unused)).gap is None
    function = group(TargetType="lambda", LoadBalancerArns=None)
    assert (
        targets(network(document(TargetGroupAttributes=None, TargetGroups=[function]))).gap is None
    )


def test_listeners_by_balancer() -> None:
    listed = [{"LoadBalancerArn": BALANCER, "Listeners": [listener()]}]
    found = network(document(Listeners=None, LoadBalancerListeners=listed))
    assert len(balancer(found).listeners) == 1


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"Listeners": None}, "its listeners are not in the snapshot"),
        ({"TargetGroups": None}, f"the target group {GROUP} is not in the snapshot"),
        (
            {"TargetGroups": [group(TargetType="moon")]},
            f"the target group {GROUP} is of the unknown type `moon`",
        ),
        (
            {"Listeners": [listener(Protocol="GENEVE")]},
            "a listener has the protocol `GENEVE` and the port `443`",
        ),
        (
            {"Listeners": [listener(Port=None)]},
            "a listener has the protocol `TCP` and the port `None`",
        ),
        (
            {"Listeners": [listener(DefaultActions=[{"Type": "teleport"}])]},
            "an action is of the unknown type `teleport`",
        ),
        (
            {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "Type": "moon", "VpcId": "vpc-1"}]},
            "is of the unknown type `moon`",
        ),
        (
            {"LoadBalancers": [{"LoadBalancerArn": BALANCER, "Type": "network"}]},
            "none of its network interfaces is in the snapshot",
        ),
    ],
)
def test_what_is_not_understood_is_a_gap(fields: Document, detail: str) -> None:
    found = network(document(**fields))
    gap = balancer(found).gap
    assert gap is not None
    assert (gap.resource, gap.clause, gap.detail) == (BALANCER, "LB-14", detail)
    assert "eni-5" in [relay.interface_id for relay in found.relays]


def application(**fields: Any) -> Document:
    one = {"LoadBalancerArn": APPLICATION, "LoadBalancerName": "web", "VpcId": "vpc-1"}
    heard = listener(
        ListenerArn=WEB_LISTENER,
        LoadBalancerArn=APPLICATION,
        Protocol="HTTP",
        DefaultActions=[{"Type": "redirect"}],
    )
    rule: Document = {"RuleArn": RULE, "Actions": [forward()], "Conditions": []}
    return document(**{"LoadBalancers": [one], "Listeners": [heard], "Rules": [rule], **fields})


def test_rules_lead_to_groups() -> None:
    one = balancer(network(application()), APPLICATION)
    assert (one.kind, one.gap, one.services) == (BalancerKind.APPLICATION, None, ())
    assert one.listeners[0].forwards == (Forward(GROUP),)
    config = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": GROUP}]}}
    weighted = [{"RuleArn": RULE, "Actions": [config]}]
    assert balancer(network(application(Rules=weighted)), APPLICATION).listeners[0].forwards == (
        Forward(GROUP),
    )


def test_a_rule_that_asks_for_the_source_is_a_gap() -> None:
    picky = [{"RuleArn": RULE, "Actions": [forward()], "Conditions": [{"Field": "source-ip"}]}]
    (led,) = balancer(network(application(Rules=picky)), APPLICATION).listeners[0].forwards
    assert led.gap is not None
    assert led.gap.clause == "LB-3"


def ruled(priority: str, *actions: Document, **conditions: Any) -> Document:
    asked = [{"Field": field.replace("_", "-"), **said} for field, said in conditions.items()]
    arn = f"{WEB_LISTENER.replace(':listener/', ':listener-rule/')}/{priority}"
    return {"RuleArn": arn, "Priority": priority, "Actions": actions, "Conditions": asked}


@pytest.mark.parametrize(
    ("conditions", "doubted"),
    [
        ({"path_pattern": {"Values": ["/*"]}}, True),
        ({"path_pattern": {"PathPatternConfig": {"Values": ["/a", "*"]}}}, True),
        ({"host_header": {"HostHeaderConfig": {"Values": ["*"]}}}, True),
        ({"path_pattern": {"Values": ["*"]}, "source_ip": {"Values": ["*"]}}, False),
        ({"path_pattern": {"Values": ["/a*"]}}, False),
        ({}, False),
    ],
)
def test_behind_a_rule_that_every_request_meets_nothing_is_certain(
    conditions: Document, doubted: bool
) -> None:
    """A maintenance page in front (LB-3); rules are asked in the order of their numbers."""
    first = ruled("9", {"Type": "fixed-response"}, **conditions)
    second = ruled("10", forward(), path_pattern={"Values": ["/b"]})
    found = balancer(network(application(Rules=[second, first])), APPLICATION)
    (led,) = found.listeners[0].forwards
    assert (led.gap is not None) is doubted
    heard = listener(ListenerArn=WEB_LISTENER, LoadBalancerArn=APPLICATION, Protocol="HTTP")
    default = ruled("default", forward())
    fields = {"Listeners": [heard], "Rules": [first, default]}
    found = balancer(network(application(**fields)), APPLICATION)
    assert [(led.gap is not None) for led in found.listeners[0].forwards] == [doubted]


def test_a_group_without_weight_is_a_gap() -> None:
    weights = [{"TargetGroupArn": GROUP, "Weight": 0}]
    config = {"Type": "forward", "ForwardConfig": {"TargetGroups": weights}}
    rules = [{"RuleArn": RULE, "Actions": [config]}]
    (led,) = balancer(network(application(Rules=rules)), APPLICATION).listeners[0].forwards
    assert led.gap is not None
    assert (led.gap.clause, led.gap.detail) == ("LB-3", "a target group has the weight 0")
    weights[0]["Weight"] = 1
    (led,) = balancer(network(application(Rules=rules)), APPLICATION).listeners[0].forwards
    assert led.gap is None


def test_without_its_rules_an_application_balancer_has_a_gap() -> None:
    gap = balancer(network(application(Rules=None)), APPLICATION).gap
    assert gap is not None
    assert gap.detail == "the rules of its listener on port 443 are not in the snapshot"


def test_gateway_load_balancers_are_none_of_these() -> None:
    found = network(document(LoadBalancers=[{"LoadBalancerArn": BALANCER, "Type": "gateway"}]))
    assert found.load_balancers == {}


def test_ip_and_balancer_targets() -> None:
    fields = {
        "TargetGroups": [group(TargetType="ip", IpAddressType="ipv6")],
        "LoadBalancerTargetHealth": [health({"Id": "2600::5"})],
    }
    served = targets(network(document(**fields)))
    assert served.family == 6
    assert served.targets[0].address == Address.parse("2600::5")
    fields = {
        "TargetGroups": [group(TargetType="alb")],
        "LoadBalancerTargetHealth": [health({"Id": APPLICATION})],
    }
    served = targets(network(document(**fields)))
    assert (served.targets[0].id, served.targets[0].address) == (APPLICATION, None)


def test_targets_that_leave_or_left() -> None:
    """LB-5: what is being deregistered is doubted, what is not registered is none."""
    listed = health({"Id": "i-1"}, {"Id": "i-2"}, {"Id": "i-3"})
    states = ({"State": "draining"}, {"State": "unused", "Reason": "Target.NotRegistered"})
    for described, state in zip(listed["TargetHealthDescriptions"], states, strict=False):
        described["TargetHealth"] = state
    served = targets(network(document(LoadBalancerTargetHealth=[listed])))
    assert [one.id for one in served.targets] == ["i-1", "i-3"]
    assert [one.gap and one.gap.clause for one in served.targets] == ["LB-5", None]


def test_the_health_of_a_moment_is_no_contradiction(tmp_path: Path) -> None:
    well = health()
    well["TargetHealthDescriptions"][0]["TargetHealth"] = {"State": "healthy"}
    found = read_with(
        tmp_path, {"a.json": document(), "b.json": {"LoadBalancerTargetHealth": [well]}}
    )
    assert len(targets(found).targets) == 1


def test_the_zone_that_a_target_is_registered_for() -> None:
    fields = {
        "TargetGroups": [group(TargetType="ip")],
        "LoadBalancerTargetHealth": [health({"Id": "10.9.0.5", "AvailabilityZone": "all"})],
    }
    assert targets(network(document(**fields))).targets[0].zone == "all"


def test_a_balancer_as_target_that_is_not_listed() -> None:
    """Its nodes are known by their names (LB-4); without them, it is not known who it is."""
    fields = {
        "TargetGroups": [group(TargetType="alb", VpcId="vpc-1")],
        "LoadBalancerTargetHealth": [health({"Id": APPLICATION})],
    }
    found = network(document(**fields))
    assert targets(found).targets[0].interface_ids == ("eni-6",)
    assert balancer(found).gap is None
    lost = document(**fields)
    lost["NetworkInterfaces"].pop()
    gap = balancer(network(lost)).gap
    assert gap is not None
    assert gap.detail == f"the target {APPLICATION} is not in the snapshot"
    known = {"LoadBalancerArn": APPLICATION, "Type": "application", "VpcId": "vpc-1"}
    lost["LoadBalancers"].append(known)
    assert balancer(network(lost)).gap is None


@pytest.mark.parametrize(
    ("listed", "zones"),
    [
        (None, None),
        ([{"ZoneName": "eu-west-1b"}, {"ZoneName": "eu-west-1a"}], ("eu-west-1a", "eu-west-1b")),
        ([{"ZoneName": "eu-west-1b"}, {"SubnetId": "subnet-1"}], None),
    ],
)
def test_the_zones_that_a_balancer_is_enabled_for(
    listed: list[Document] | None, zones: tuple[str, ...] | None
) -> None:
    changed = document()
    changed["LoadBalancers"][0]["AvailabilityZones"] = listed
    assert balancer(network(changed)).zones == zones


def test_zones_that_two_accounts_name() -> None:
    two = document()
    two["NetworkInterfaces"][0]["OwnerId"] = "222222222222"
    assert balancer(network(two)).zone_gap is not None
    assert balancer(network(document())).zone_gap is None
    for subnet in two["Subnets"]:
        subnet["AvailabilityZoneId"] = "euw1-az2"
    found = network(two)
    assert balancer(found).zone_gap is None
    assert {one.zone_id for one in found.subnets.values()} == {"euw1-az2"}


@pytest.mark.parametrize(("kind", "unsaid"), [("network", True), ("application", False)])
def test_zones_that_nobody_names(kind: str, unsaid: bool) -> None:
    """Whatever the balancer: a group may have its balancing across zones switched off."""
    known = document()
    known["LoadBalancers"][0]["Type"] = kind
    known.pop("LoadBalancerAttributes")
    assert (balancer(network(known)).zone_gap is not None) is unsaid
    for one in known["NetworkInterfaces"] + known["Subnets"]:
        one.pop("AvailabilityZone", None)
    assert balancer(network(known)).zone_gap is not None


def test_a_balancer_that_could_not_be_set_up() -> None:
    failed = document(Listeners=None)
    failed["LoadBalancers"][0]["State"] = {"Code": "failed"}
    gap = balancer(network(failed)).gap
    assert gap is not None
    assert gap.detail == "its listeners are not in the snapshot"
    failed["NetworkInterfaces"] = failed["NetworkInterfaces"][:2]
    assert balancer(network(failed)).gap is None
    failed["LoadBalancers"][0]["State"] = {"Code": "provisioning"}
    assert balancer(network(failed)).gap is not None


def test_a_balancer_without_listeners(tmp_path: Path) -> None:
    """The empty list names no balancer: the name of its file, or what stands beside it, does."""
    files = {"a.json": document(Listeners=None), "net-front-1a2b-listeners.json": {"Listeners": []}}
    found = balancer(read_with(tmp_path, files))
    assert (found.listeners, found.gap) == ((), None)
    beside = document(Listeners=[], LoadBalancerArn=BALANCER)
    assert balancer(network(beside)).gap is None
    assert balancer(network(document(Listeners=[]))).gap is not None


def test_a_file_speaks_of_balancers_and_groups_of_its_own_region(tmp_path: Path) -> None:
    """A target group of the same name in another Region is another one."""
    content = {"TargetHealthDescriptions": [{"Target": {"Id": "i-1"}}]}
    rest = document(LoadBalancerTargetHealth=None)
    for region, known in (("us-east-1", False), ("eu-west-1", True)):
        folder = tmp_path / region / ACCOUNT / region
        folder.mkdir(parents=True)
        (folder / "targets.json").write_text(json.dumps(content))
        (tmp_path / region / "a.json").write_text(json.dumps(rest))
        found = read_snapshot([str(tmp_path / region)]).network
        assert (balancer(found).gap is None) is known


def test_which_interface_is_the_primary_one() -> None:
    unknown = document()
    unknown["NetworkInterfaces"] = [
        instance_interface(2, None),
        instance_interface(1, None),
        node(InterfaceType="network_load_balancer", Groups=[]),
    ]
    assert targets(network(unknown)).targets[0].interface_ids == ("eni-1", "eni-2")
    nested = document()
    nested["NetworkInterfaces"] = [node(InterfaceType="network_load_balancer", Groups=[])]
    nested["Reservations"] = [
        {
            "Instances": [
                {
                    "InstanceId": "i-1",
                    "NetworkInterfaces": [instance_interface(1, 1), instance_interface(2, 0)],
                }
            ]
        }
    ]
    assert targets(network(nested)).targets[0].interface_ids == ("eni-2",)
    gone = document()
    gone["NetworkInterfaces"] = [node(InterfaceType="network_load_balancer", Groups=[])]
    assert targets(network(gone)).targets[0].interface_ids == ()


def with_endpoint(**fields: Any) -> Document:
    found = document(**fields)
    found["NetworkInterfaces"].append(interface(7, InterfaceType="vpc_endpoint"))
    endpoint = {
        "VpcEndpointId": "vpce-7",
        "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        "NetworkInterfaceIds": ["eni-7"],
    }
    return {"VpcEndpoints": [endpoint], **found}


def test_endpoint_services() -> None:
    service = {"ServiceId": "vpce-svc-1", "NetworkLoadBalancerArns": [BALANCER]}
    named = {**service, "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1"}
    unknown = balancer(network(with_endpoint()))
    assert unknown.services is None
    assert unknown.link_gap is not None
    assert unknown.link_gap.clause == "LB-12"
    led = balancer(network(with_endpoint(ServiceConfigurations=[named])))
    assert (led.services, led.link_gap) == ((named["ServiceName"],), None)
    assert balancer(network(with_endpoint(ServiceConfigurations=[service]))).services == (
        "vpce-svc-1",
    )
    assert balancer(network(with_endpoint(ServiceConfigurations=[]))).services == ()
    filtering = with_endpoint(ServiceConfigurations=[named])
    filtering["NetworkInterfaces"][2]["Groups"] = [{"GroupId": "sg-1"}]
    assert balancer(network(filtering)).link_gap is not None
    front = filtering["LoadBalancers"][0]
    for said, filters in (("on", True), ("off", False), ("maybe", None)):
        front["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = said
        found = balancer(network(filtering))
        assert found.filters_links is filters
        assert (found.link_gap is None) == (filters is False)


def test_an_endpoint_of_an_unknown_service_may_lead_to_a_balancer() -> None:
    service = {"ServiceId": "vpce-svc-1", "NetworkLoadBalancerArns": [BALANCER]}
    unknown = with_endpoint(ServiceConfigurations=[service], VpcEndpoints=[])
    unknown["VpcEndpoints"] = [{"VpcEndpointId": "vpce-1", "NetworkInterfaceIds": ["eni-7"]}]
    assert balancer(network(unknown)).link_gap is not None
    unknown["VpcEndpoints"][0]["ServiceName"] = "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
    assert balancer(network(unknown)).link_gap is None


def classic(**fields: Any) -> Document:
    described: Document = {
        "LoadBalancerName": "old",
        "VPCId": "vpc-1",
        "Scheme": "internet-facing",
        "ListenerDescriptions": [
            {"Listener": {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}}
        ],
        "Instances": [{"InstanceId": "i-1"}],
        **fields,
    }
    found = document(LoadBalancers=None, Listeners=None, LoadBalancerDescriptions=[described])
    found["NetworkInterfaces"].append(node(8, "old"))
    return found


def test_classic_load_balancers(tmp_path: Path) -> None:
    found = network(classic())
    one = balancer(found, "old")
    assert (one.kind, one.interface_ids, one.gap) == (BalancerKind.CLASSIC, ("eni-8",), None)
    (heard,) = one.listeners
    served = found.target_groups[heard.forwards[0].group_id]
    assert (heard.port, served.port, served.targets[0].interface_ids) == (80, 8080, ("eni-1",))
    assert one.zone_gap is not None
    folder = tmp_path / ACCOUNT / "eu-west-1"
    folder.mkdir(parents=True)
    placed = read_with(folder, {"a.json": classic()})
    assert f"{PREFIX}:loadbalancer/old" in placed.load_balancers


@pytest.mark.parametrize("name", ["old.json", "elb-old-attributes.json", "elb-new-attributes.json"])
@pytest.mark.parametrize("crossing", [True, False])
def test_zones_of_classic_load_balancers(tmp_path: Path, name: str, crossing: bool) -> None:
    """The output names no balancer: the name of its file does (LB-8)."""
    said = {"LoadBalancerAttributes": {"CrossZoneLoadBalancing": {"Enabled": crossing}}}
    files = {"a.json": classic(AvailabilityZones=["eu-west-1b", "eu-west-1a"]), name: said}
    found = balancer(read_with(tmp_path, files), "old")
    known = "old" in name
    assert found.cross_zone == (crossing if known else None)
    assert (found.zone_gap is None) is known
    assert found.zones == ("eu-west-1a", "eu-west-1b")


def test_zones_of_classic_load_balancers_with_a_name_beside_them(tmp_path: Path) -> None:
    values = {"CrossZoneLoadBalancing": {"Enabled": True}}
    beside = {"LoadBalancerName": "old", "LoadBalancerAttributes": values}
    assert balancer(network(classic() | beside), "old").cross_zone is True
    listed = {"ClassicLoadBalancerAttributes": [beside]}
    assert balancer(network(classic() | listed), "old").cross_zone is True
    nothing = {"ClassicLoadBalancerAttributes": [{"LoadBalancerName": "old"}]}
    assert balancer(network(classic() | nothing), "old").cross_zone is None
    for region, known in (("eu-west-1", True), ("us-east-1", False)):
        folder = tmp_path / region
        for place, content in ((region, beside), ("eu-west-1", classic())):
            inner = folder / ACCOUNT / place
            inner.mkdir(parents=True, exist_ok=True)
            (inner / f"{len(content)}.json").write_text(json.dumps(content))
        found = read_snapshot([str(folder)]).network
        one = balancer(found, f"{PREFIX}:loadbalancer/old")
        assert one.cross_zone == (True if known else None)


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"VPCId": "vpc-9"}, "none of its network interfaces is in the snapshot"),
        ({"Instances": None}, "its listeners or its instances are not in the snapshot"),
        (
            {"ListenerDescriptions": [{}]},
            "a listener has the protocol `` and the port `None`",
        ),
    ],
)
def test_classic_load_balancers_that_are_not_understood(fields: Document, detail: str) -> None:
    gap = balancer(network(classic(**fields)), "old").gap
    assert gap is not None
    assert gap.detail == detail


def test_what_other_services_print_under_the_same_keys_is_of_no_relevance() -> None:
    foreign = {
        "Rules": [{"Name": "nightly"}],
        "Listeners": [{"ListenerArn": "arn:aws:globalaccelerator::1:accelerator/a/listener/b"}],
        "LoadBalancers": [{"Name": "lightsail"}],
        "TargetGroups": [{"name": "lattice"}],
        "Attributes": {"VisibilityTimeout": "30"},
    }
    found = network(network_document() | foreign)
    assert (found.load_balancers, found.target_groups) == ({}, {})
    assert found.gaps == ()


def test_a_listing_that_is_cut() -> None:
    found = network(document(NextMarker="more"))
    assert any("ends with a `NextMarker`" in gap.detail for gap in found.incomplete)
