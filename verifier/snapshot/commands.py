"""The AWS CLI commands of a complete snapshot.

Owns which calls there are, the key of what each prints, and what it decides; `completeness` says
which of them are missing in a snapshot, and docs/how-to/take-a-snapshot.md makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Command:
    """One call of a complete snapshot of an account and Region.

    `key` is the top-level key of its output, `why` what it decides, in a few words.
    """

    key: str
    text: str
    why: str


COMMANDS: Final = (
    Command("Vpcs", "aws ec2 describe-vpcs", "address blocks"),
    Command("Subnets", "aws ec2 describe-subnets", "which interface stands where"),
    Command("NetworkAcls", "aws ec2 describe-network-acls", "the filter of each subnet"),
    Command("SecurityGroups", "aws ec2 describe-security-groups", "the filter of each interface"),
    Command(
        "NetworkInterfaces",
        "aws ec2 describe-network-interfaces",
        "hosts, their addresses and groups",
    ),
    Command("Reservations", "aws ec2 describe-instances", "tags, and whether an instance runs"),
    Command("RouteTables", "aws ec2 describe-route-tables", "routes"),
    Command(
        "InternetGateways",
        "aws ec2 describe-internet-gateways",
        "which VPC has a way to and from the internet",
    ),
    Command("NatGateways", "aws ec2 describe-nat-gateways", "translation for private subnets"),
    Command(
        "VpcPeeringConnections", "aws ec2 describe-vpc-peering-connections", "ways between VPCs"
    ),
    Command("Addresses", "aws ec2 describe-addresses", "Elastic IP addresses"),
    Command("PrefixLists", "aws ec2 describe-managed-prefix-lists", "which prefix lists exist"),
    Command(
        "SecurityGroupVpcAssociations",
        "aws ec2 describe-security-group-vpc-associations",
        "groups used in another VPC",
    ),
    Command(
        "EgressOnlyInternetGateways",
        "aws ec2 describe-egress-only-internet-gateways",
        "ways out for IPv6",
    ),
    Command("VpnGateways", "aws ec2 describe-vpn-gateways", "doors to sites"),
    Command("VpnConnections", "aws ec2 describe-vpn-connections", "what sites have a way to"),
    Command("TransitGateways", "aws ec2 describe-transit-gateways", "ways between VPCs and sites"),
    Command(
        "TransitGatewayAttachments",
        "aws ec2 describe-transit-gateway-attachments",
        "what hangs on a transit gateway, and its route table there",
    ),
    Command(
        "TransitGatewayVpcAttachments",
        "aws ec2 describe-transit-gateway-vpc-attachments",
        "the subnets by which VPCs are attached",
    ),
    Command(
        "TransitGatewayPeeringAttachments",
        "aws ec2 describe-transit-gateway-peering-attachments",
        "which transit gateways are joined",
    ),
    Command(
        "TransitGatewayRouteTables",
        "aws ec2 describe-transit-gateway-route-tables",
        "which route tables a transit gateway has",
    ),
    Command(
        "InstanceConnectEndpoints",
        "aws ec2 describe-instance-connect-endpoints",
        "whose addresses their sessions come from",
    ),
    Command("VpcEndpoints", "aws ec2 describe-vpc-endpoints", "what a route to one leads to"),
    Command(
        "VpcBlockPublicAccessOptions",
        "aws ec2 describe-vpc-block-public-access-options",
        "whether internet gateways are blocked",
    ),
    Command(
        "VpcBlockPublicAccessExclusions",
        "aws ec2 describe-vpc-block-public-access-exclusions",
        "which VPCs and subnets are not blocked",
    ),
    Command("LoadBalancers", "aws elbv2 describe-load-balancers", "which load balancers there are"),
    Command("TargetGroups", "aws elbv2 describe-target-groups", "where load balancers lead to"),
    Command(
        "LoadBalancerDescriptions",
        "aws elb describe-load-balancers",
        "classic load balancers, their listeners and instances",
    ),
    Command(
        "ServiceConfigurations",
        "aws ec2 describe-vpc-endpoint-service-configurations",
        "which load balancers interface endpoints lead to",
    ),
)

ENTRIES_COMMAND: Final = Command(
    "Entries",
    "aws ec2 get-managed-prefix-list-entries --prefix-list-id",
    "the blocks of a prefix list",
)
"""To be asked for each prefix list, whose id is its last word."""

TABLE_COMMANDS: Final = (
    Command(
        "Routes",
        "aws ec2 search-transit-gateway-routes --filters Name=type,Values=static,propagated"
        " --transit-gateway-route-table-id",
        "the routes of a transit gateway's table",
    ),
    Command(
        "Associations",
        "aws ec2 get-transit-gateway-route-table-associations --transit-gateway-route-table-id",
        "what a transit gateway's table routes",
    ),
    Command(
        "TransitGatewayRouteTablePropagations",
        "aws ec2 get-transit-gateway-route-table-propagations --transit-gateway-route-table-id",
        "what adds its routes to a transit gateway's table",
    ),
    Command(
        "TransitGatewayPrefixListReferences",
        "aws ec2 get-transit-gateway-prefix-list-references --transit-gateway-route-table-id",
        "routes of a transit gateway's table by prefix list",
    ),
)
"""To be asked for each route table of a transit gateway, whose id is the last word."""

DIRECT_CONNECT_COMMANDS: Final = (
    Command(
        "virtualInterfaces",
        "aws directconnect describe-virtual-interfaces",
        "whether Direct Connect leads to a virtual private gateway",
    ),
    Command(
        "directConnectGatewayAssociations",
        "aws directconnect describe-direct-connect-gateway-associations --virtual-gateway-id",
        "the same, by a Direct Connect gateway",
    ),
)
"""To be asked where there are virtual private gateways; the second of each, by its id."""

OF_EACH: Final = {
    command.key: command
    for command in (
        Command(
            "Listeners",
            "aws elbv2 describe-listeners --load-balancer-arn",
            "what a load balancer listens on",
        ),
        Command(
            "Rules", "aws elbv2 describe-rules --listener-arn", "which target groups it leads to"
        ),
        Command(
            "LoadBalancerAttributes",
            "aws elbv2 describe-load-balancer-attributes --load-balancer-arn",
            "whether it balances across zones",
        ),
        Command(
            "ClassicLoadBalancerAttributes",
            "aws elb describe-load-balancer-attributes --load-balancer-name",
            "whether a classic load balancer balances across zones",
        ),
        Command(
            "TargetHealthDescriptions",
            "aws elbv2 describe-target-health --target-group-arn",
            "the registered targets",
        ),
        Command(
            "TargetGroupAttributes",
            "aws elbv2 describe-target-group-attributes --target-group-arn",
            "whether targets see the client's address",
        ),
        Command(
            "Firewall",
            "aws network-firewall describe-firewall --firewall-arn",
            "whose policy an endpoint has",
        ),
        Command(
            "FirewallPolicy",
            "aws network-firewall describe-firewall-policy --firewall-policy-arn",
            "the rules of a network firewall",
        ),
        Command(
            "RuleGroup",
            "aws network-firewall describe-rule-group --rule-group-arn",
            "some rules of a network firewall",
        ),
    )
}
"""To be asked for each load balancer, listener, target group, firewall, policy and rule group whose
ARN (of a classic load balancer the name) is the last word, by their keys."""

FIREWALLS_COMMAND: Final = Command(
    "Firewalls", "aws network-firewall list-firewalls", "whose endpoint this is"
)
"""To be asked where an endpoint does not tell the ARN of its firewall."""
