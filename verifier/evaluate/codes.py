"""Why a packet ends: Reachability Analyzer's explanation codes, and a few of our own (last part).

Law: a hop carries a code iff the packet ends there undelivered. The words are part of the reports
that users read, so they change only with the contract.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The reason of a drop; a comment says where AWS's meaning is stretched."""

    ENI_SG_RULES_MISMATCH = "ENI_SG_RULES_MISMATCH"
    SG_REFERENCES_NOT_PRESERVED = "SG_REFERENCES_NOT_PRESERVED"
    SG_HAS_NO_RULES = "SG_HAS_NO_RULES"
    ENI_SOURCE_DEST_CHECK_RESTRICTION = "ENI_SOURCE_DEST_CHECK_RESTRICTION"
    SUBNET_ACL_RESTRICTION = "SUBNET_ACL_RESTRICTION"
    NO_ROUTE_TO_DESTINATION = "NO_ROUTE_TO_DESTINATION"
    BAD_STATE_ROUTE = "BAD_STATE_ROUTE"
    BAD_STATE_ATTACHMENT = "BAD_STATE_ATTACHMENT"
    BAD_STATE = "BAD_STATE"
    NO_POSSIBLE_DESTINATION = "NO_POSSIBLE_DESTINATION"  # nobody owns the address
    UNKNOWN_RESOURCE = "UNKNOWN_RESOURCE"  # a gap that is closed
    GATEWAY_REJECTS_SPOOFED_TRAFFIC = "GATEWAY_REJECTS_SPOOFED_TRAFFIC"
    IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS = "IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS"
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS = "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS = "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    NGW_REQUIRES_SOURCE_IN_VPC = "NGW_REQUIRES_SOURCE_IN_VPC"
    PROTOCOL_RESTRICTION = "PROTOCOL_RESTRICTION"
    PCX_REQUIRES_ADDRESS_IN_VPC_CIDR = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"

    ENI_ROLE_RESTRICTION = "ENI_ROLE_RESTRICTION"
    """The kind of the interface does not send, or does not take, new packets (ENI-4)."""
    ENI_LOOPBACK = "ENI_LOOPBACK"
    """An interface writes to itself (ENI-6)."""
    ENI_DENY_ALL_IGW_TRAFFIC = "ENI_DENY_ALL_IGW_TRAFFIC"
    """`DenyAllIgwTraffic` is set (IGW-6)."""
    LINK_LOCAL_NOT_FORWARDED = "LINK_LOCAL_NOT_FORWARDED"
    """SVC-2."""
    AMBIGUOUS_ROUTE = "AMBIGUOUS_ROUTE"
    """Routes tie (GAP-8)."""
    IGW_ADDRESS_NOT_GLOBAL = "IGW_ADDRESS_NOT_GLOBAL"
    """An address that no internet gateway carries (IGW-3, IGW-4, IGW-5)."""
    IGW_RETURN_THROUGH_OTHER_GATEWAY = "IGW_RETURN_THROUGH_OTHER_GATEWAY"
    """A reply that leaves by another gateway than the packet came by (CONN-5)."""
    NGW_OWN_SUBNET = "NGW_OWN_SUBNET"
    """A subnet uses the NAT gateway that lives in it (NAT-1)."""
    NGW_NO_SESSION = "NGW_NO_SESSION"
    """A NAT gateway takes nothing but the replies of its sessions (NAT-6, NAT-9)."""
    NO_CONNECTION = "NO_CONNECTION"
    """A reply reaches somebody else, or with another header (CONN-1)."""
