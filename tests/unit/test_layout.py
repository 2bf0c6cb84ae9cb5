"""A resource has the same file name wherever it appears.

Law: for each resource (a file of clauses that is about a thing in AWS) every part has a file of the
same name, and every other file of a part is one of these, or stands in the list of those that are
no resource, with the reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

RESOURCES = frozenset(
    {
        "egress_only_internet_gateway",
        "instance_connect_endpoint",
        "interface",
        "internet_gateway",
        "nat_gateway",
        "network_acl",
        "network_firewall",
        "peering",
        "prefix_list",
        "route_table",
        "security_group",
        "subnet",
        "transit_gateway",
        "vpc",
        "vpc_endpoint",
        "vpn_gateway",
    }
)

PARTS = {
    "specs/semantics": ".md",
    "verifier/model": ".py",
    "verifier/snapshot": ".py",
    "verifier/evaluate": ".py",
    "verifier/encode": ".py",
    "tests/strategies": ".py",
}

NOT_A_RESOURCE = {
    "specs/semantics": {
        "appliance": "what interfaces do for others: the facts are those of interfaces and routes",
        "README": "how to read the clauses",
        "connection": "replies",
        "gap": "what is not modelled",
        "load_balancer": "followed by verify, leg by leg",
        "question": "what an invariant asks",
    },
    "verifier/model": {
        "entrance": "doors of what is not modelled",
        "gap": "what is not modelled",
        "instance": "has no clauses of its own: its state is ENI-5, its tags are names",
        "load_balancer": "followed by verify, leg by leg",
        "network": "holds all resources",
    },
    "verifier/snapshot": {
        "address": "an output of AWS that becomes part of an interface",
        "appliance_mode": "a warning about transit gateway attachments",
        "block_public_access": "an output of AWS that becomes gaps",
        "catalogue": "which outputs of AWS there are",
        "commands": "which calls make a complete snapshot",
        "completeness": "which calls are missing, for people",
        "classic_load_balancer": "an output of AWS that becomes a load balancer",
        "consistency": "holds resources against each other",
        "decode": "bytes to JSON",
        "entrance": "outputs of AWS that become doors",
        "firewall_rules": "an output of AWS that becomes part of a network firewall",
        "instance": "has no clauses of its own",
        "inventory": "what was read, for people",
        "led_on": "where packets from unknown doors may be led on to",
        "ledger": "keeps what is not understood",
        "load_balancer": "followed by verify, leg by leg",
        "load_balancer_output": "puts outputs about load balancers into one form",
        "merge": "one record out of several",
        "network": "puts all resources together",
        "network_firewall_output": "puts outputs about network firewalls into one form",
        "nat_chain": "finds the NAT gateways that another one's packets may come to",
        "open_ends": "finds what the network leaves open",
        "owner": "whose interface it is, where that is certain",
        "passage": "what of the way through internet gateways is not known",
        "private_ways": "transit, private and egress-only gateways together: which are doors",
        "reading": "the way in",
        "resources": "holds what was read",
        "security_group_rule": "an output of AWS that becomes part of a group",
        "security_group_vpc_association": "an output of AWS that becomes part of a group",
        "source": "finds files",
        "target_group": "an output of AWS that becomes part of a load balancer",
        "unfollowed": "assumptions about what no route shows",
        "unlisted": "what listings leave out",
        "transit_gateway_attachment": "an output of AWS that becomes part of a transit gateway",
        "transit_gateway_route_table": "outputs of AWS that become part of a transit gateway",
        "wire": "what all wire types share",
    },
    "verifier/evaluate": {
        "appliance": "what interfaces do for others",
        "boundary": "asks the network ACL that guards a subnet",
        "codes": "words for why a packet ends",
        "connection": "replies",
        "edge": "tables of gateways",
        "firewall_policy": "rules of network firewalls, in their order",
        "forks": "several ways that a clause leaves open",
        "gap": "what is not modelled",
        "index": "looks up, once, what every step needs",
        "journey": "a packet under way",
        "origin": "where a new packet starts",
        "outside": "ends outside the snapshot",
        "routing": "what a table says about an address",
        "transit_table": "what a transit gateway's table says about an address",
        "walk": "goes from resource to resource",
        "words": "words for rules and routes",
    },
    "verifier/encode": {
        "addresses": "by which addresses hosts take part",
        "appliance": "what interfaces do for others",
        "arrival": "where journeys end inside",
        "connection": "replies",
        "gap": "what is not modelled",
        "leave": "what a place does with packets",
        "obligation": "the question as one term",
        "packet": "the symbolic packet",
        "path": "ties the resources together",
        "question": "what an invariant asks",
        "stage": "the words of routing stage by stage",
        "start": "how a packet gets out of its own subnet",
        "terms": "the language of terms",
        "travel": "routing, stage by stage",
        "way": "a pair of terms",
    },
    "tests/strategies": {
        "appliance": "what interfaces do for others",
        "builder": "networks by hand, for known answers",
        "entrance": "doors of what is not modelled",
        "gap": "what is not modelled",
        "instance": "has no clauses of its own",
        "load_balancer": "followed by verify, leg by leg",
        "network": "draws all resources",
        "probe": "single packets around a spine",
        "plan": "the draft that strategies add to",
        "question": "what an invariant asks",
        "relayed_flow": "puts load balancers into a network",
        "spelled": "rules, entries and packets in words, for networks by hand",
        "spine": "a way for one packet",
        "twist": "takes something out of a network",
    },
}


def files(part: str) -> set[str]:
    """The names of a part's files, without their endings."""
    found = {path.stem for path in (ROOT / part).glob(f"*{PARTS[part]}")}
    return found - {"__init__"}


def test_the_resources_are_those_with_clauses() -> None:
    assert files("specs/semantics") - NOT_A_RESOURCE["specs/semantics"].keys() == RESOURCES


@pytest.mark.parametrize("part", PARTS)
def test_every_resource_has_its_file(part: str) -> None:
    assert sorted(RESOURCES - files(part)) == []


@pytest.mark.parametrize("part", PARTS)
def test_every_other_file_is_there_for_a_reason(part: str) -> None:
    assert sorted(files(part) - RESOURCES) == sorted(NOT_A_RESOURCE[part])
