"""One exchange with everything needed to see what it met: hops, entries, rules, both ends.

Owns no clause: `coverage` asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.crosscheck.corpus import Case
from verifier.model import NetworkAclEntry, NetworkInterface, SecurityGroupRule
from verifier.packet import Address
from verifier.trace import Exchange, Hop, InterfaceHost, OutsideHost, Probe


@dataclass(frozen=True)
class View:
    """One exchange with everything needed to see what it met."""

    case: Case
    probe: Probe
    exchange: Exchange

    def hops(self, reply: bool | None = None) -> Iterator[Hop]:
        if reply is not True:
            yield from self.exchange.forward.hops
        if reply is not False and self.exchange.reply is not None:
            yield from self.exchange.reply.hops

    def met(self, kind: str, *codes: str | None, reply: bool | None = None, way: str | None = None,
            decision: str | None = None) -> bool:  # fmt: skip
        return any(
            hop.kind == kind
            and (not codes or hop.code in codes)
            and way in (None, hop.direction)
            and decision in (None, hop.decision.value)
            for hop in self.hops(reply)
        )

    def code(self, *codes: str) -> bool:
        return any(hop.code in codes for hop in self.hops())

    @property
    def family(self) -> int:
        return self.probe.packet.family

    def source(self) -> NetworkInterface | None:
        host = self.probe.source
        if isinstance(host, OutsideHost):
            return None
        return self.case.network.interfaces[host.interface_id]

    def destination(self) -> NetworkInterface | None:
        host = self.exchange.forward.delivered_to
        if not isinstance(host, InterfaceHost):
            return None
        return self.case.network.interfaces[host.interface_id]

    def entries(self) -> Iterator[tuple[Hop, list[NetworkAclEntry]]]:
        """Each judgement of a list, with its entries of that direction in rule order."""
        for hop in self.hops():
            acl = self.case.network.network_acls.get(hop.component)
            if hop.kind == "network-acl" and acl is not None:
                found = [e for e in acl.entries if e.egress == (hop.direction == "egress")]
                yield hop, sorted(found, key=lambda entry: entry.rule_number)

    def decided(self, wanted: Callable[[NetworkAclEntry], bool]) -> bool:
        """Some list's deciding entry is of this form."""
        return any(
            str(entry.rule_number) == hop.rule and wanted(entry)
            for hop, entries in self.entries()
            for entry in entries
        )

    def rules(self) -> Iterator[tuple[Hop, SecurityGroupRule]]:
        """The groups' rules of each new judgement: all of the interface's groups, its direction."""
        ends = [self.source(), self.meant()]
        for hop in self.hops(reply=False):
            if hop.kind != "security-group":
                continue
            end = ends[hop.direction == "ingress"]
            for group_id in end.groups if end is not None else ():
                group = self.case.network.security_groups.get(group_id)
                for rule in group.rules if group is not None else ():
                    if rule.egress == (hop.direction == "egress"):
                        yield hop, rule

    def meant(self) -> NetworkInterface | None:
        host = self.probe.destination
        if not isinstance(host, InterfaceHost):
            return None
        return self.case.network.interfaces[host.interface_id]

    def rule(self, wanted: Callable[[SecurityGroupRule], bool], *, allowed: bool = True) -> bool:
        """A rule of this form speaks of the packet's protocol where groups let it pass (or not)."""
        protocol = self.probe.packet.protocol
        return any(
            (hop.decision.value == "allow") is allowed
            and rule.protocol in (None, -1, protocol)
            and wanted(rule)
            for hop, rule in self.rules()
        )

    def owned(self, address: Address) -> int:
        """In how many VPCs the address has an owner."""
        return sum(
            address in [own.address for own in eni.ipv4] or address in eni.ipv6
            for eni in self.case.network.interfaces.values()
        )

    def routed(self) -> bool:
        return self.met("route-table", None)
