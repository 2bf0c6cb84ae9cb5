"""Security groups and network ACLs of an estate, and the mistakes that can be planted in them."""

from __future__ import annotations

from bench.plan import (
    FORBIDDEN_PORTS,
    OWNER,
    SERVICE_PORTS,
    TIERS,
    UPSTREAM,
    ZONES,
    Json,
    Plan,
    Vpc,
)


class Filters(Plan):
    """What lets packets pass, in the form of `describe-security-groups` and its like."""

    # -- groups -------------------------------------------------------------------------------

    def security_groups(self) -> list[Json]:
        found: list[Json] = []
        for vpc in self.vpcs:
            for tier in TIERS:
                for index, group_id in enumerate(vpc.groups[tier]):
                    ingress = self._ingress(vpc, tier, index)
                    egress = self._egress(vpc, tier, index)
                    found.append({
                        "Description": f"{tier} group", "GroupId": group_id,
                        "GroupName": f"{tier}-{group_id[-6:]}", "IpPermissions": ingress,
                        "IpPermissionsEgress": egress, "OwnerId": OWNER,
                        "Tags": [{"Key": "Tier", "Value": tier}], "VpcId": vpc.id,
                    })  # fmt: skip
        return found

    def _ingress(self, vpc: Vpc, tier: str, index: int) -> list[Json]:
        choose, above = self.random, UPSTREAM[tier]
        rules: list[Json] = []
        if index == 0:
            rules.append(_permission("tcp", 22, 22, cidrs=self._blocks(vpc, "ops")))
            rules.append(_permission("icmp", 8, -1, cidrs=["10.0.0.0/8"]))
            rules.append(_permission("tcp", 9100, 9100, groups=[vpc.groups["ops"][0]]))
            if self.parameters.topology == "transit":
                rules.append(_permission("udp", 9100, 9100, cidrs=["10.0.0.0/8"]))
        port = SERVICE_PORTS[tier][index % 2]
        rules.append(_permission("tcp", port, port, groups=self._some_groups(vpc, above)))
        if tier == "web" and index % 4 == 1:
            rules.append(_permission("tcp", 443, 443, cidrs=["0.0.0.0/0"], ipv6=["::/0"]))
        if choose.random() < 0.4:
            hosts = [vpc.address(above, choose.choice(ZONES), 10 + choose.randrange(200))
                     for _ in range(choose.randint(1, 5))]  # fmt: skip
            rules.append(_permission("tcp", port, port, cidrs=[f"{host}/32" for host in hosts]))
        if choose.random() < 0.3:
            base = 7000 + choose.randrange(2000)
            rules.append(_permission("udp", base, base + 10, cidrs=self._blocks(vpc, above)))
        if tier in ("app", "db") and choose.random() < 0.15:
            rules.append(_permission("tcp", 1024, 65535, cidrs=self._blocks(vpc, above)))
        if tier != "ops" and choose.random() < 0.1:
            rules.append(_permission("-1", None, None, cidrs=self._blocks(vpc, "ops")))
        if choose.random() < 0.2:
            for _, peer in self.peers(vpc):
                rules.append(_permission("tcp", port, port, cidrs=self._blocks(peer, above)))
        if tier == "ops" and choose.random() < 0.3:
            rules.append(_permission("tcp", 22, 22, prefix_lists=["pl-0123456789abcdef0"]))
        if vpc.number == 0 and index == 1:
            rules.extend(self._mistaken(vpc, tier))
        return rules

    def _mistaken(self, vpc: Vpc, tier: str) -> list[Json]:
        match self.parameters.mistake, tier:
            case "tier", "db":
                return [_permission("tcp", 5432, 5432, cidrs=[vpc.subnet_block("web", "a")])]
            case "forbidden-port", "app":
                return [_permission("tcp", 3389, 3389, cidrs=[vpc.subnet_block("web", "a")])]
            case "internet", "web":
                return [_permission("tcp", 22, 22, cidrs=["0.0.0.0/0"])]
            case _:
                return []

    def _egress(self, vpc: Vpc, tier: str, index: int) -> list[Json]:
        if index == 0:
            rules = [_permission("tcp", 0, 65535, cidrs=["10.0.0.0/8"]),
                     _permission("tcp", 443, 443, cidrs=["0.0.0.0/0"])]  # fmt: skip
            if vpc.has_ipv6:
                rules.append(_permission("-1", None, None, ipv6=["::/0"]))
            return rules
        if self.random.random() < 0.4:
            return [_permission("-1", None, None, cidrs=["0.0.0.0/0"])]
        below = {"web": "app", "app": "db", "db": "db", "ops": "app"}[tier]
        port = SERVICE_PORTS[below][index % 2]
        return [_permission("tcp", port, port, groups=self._some_groups(vpc, below)),
                _permission("udp", 53, 53, cidrs=[vpc.block])]  # fmt: skip

    def _some_groups(self, vpc: Vpc, tier: str) -> list[str]:
        names = vpc.groups[tier]
        wanted = min(len(names), self.random.randint(1, 6))
        return sorted({names[0], *self.random.sample(names, wanted)})

    @staticmethod
    def _blocks(vpc: Vpc, tier: str) -> list[str]:
        return [vpc.subnet_block(tier, zone) for zone in ZONES]

    # -- ACLs ---------------------------------------------------------------------------------

    def network_acls(self) -> list[Json]:
        found = []
        for vpc in self.vpcs:
            for tier in TIERS:
                for zone in ZONES:
                    subnet = vpc.subnet_id(tier, zone)
                    acl = subnet.replace("subnet-", "acl-")
                    entries = self._entries(vpc, tier, zone, False)
                    entries += self._entries(vpc, tier, zone, True)
                    found.append({
                        "Associations": [{
                            "NetworkAclAssociationId": subnet.replace("subnet-", "aclassoc-"),
                            "NetworkAclId": acl, "SubnetId": subnet,
                        }],
                        "Entries": entries, "IsDefault": False, "NetworkAclId": acl,
                        "OwnerId": OWNER, "Tags": [{"Key": "Tier", "Value": tier}],
                        "VpcId": vpc.id,
                    })  # fmt: skip
        return found

    def _entries(self, vpc: Vpc, tier: str, zone: str, egress: bool) -> list[Json]:
        choose, mistake = self.random, self.parameters.mistake
        first = vpc.number == 0
        rows: list[tuple[int, str, str, str, tuple[int, int] | None]] = []
        if mistake == "tier" and first and (egress, tier) in ((False, "db"), (True, "web")):
            block = vpc.block if egress else vpc.subnet_block("web", "a")
            rows.append((5, "allow", "6", block, (5432, 5432)))
        if mistake == "internet" and first and tier == "web":
            opened = (1024, 65535) if egress else (22, 22)
            rows.append((5, "allow", "6", "0.0.0.0/0", opened))
        if mistake == "forbidden-port" and first and tier == "app" and zone == "a":
            rows.append((6, "allow", "6", vpc.block, (3389, 3389)))
        number = 10
        for port in FORBIDDEN_PORTS if not egress else ():
            rows.append((number, "deny", "6", "0.0.0.0/0", (port, port)))
            rows.append((number + 1, "deny", "6", "::/0", (port, port)))
            number += 10
        if tier == "db" and not egress:
            for block in self._blocks(vpc, "web"):
                rows.append((number, "deny", "6", block, (3306, 3306)))
                number += 10
        for _ in range(choose.randint(12, 30)):
            rows.append((number, *self._middle(vpc, tier)))
            number += 10
        rows += [
            (number, "allow", "6", "10.0.0.0/8", (0, 65535)),
            (number + 10, "allow", "6", "0.0.0.0/0", (443, 443)),
            (number + 20, "allow", "6", "0.0.0.0/0", (1024, 65535)),
            (number + 30, "allow", "17", "10.0.0.0/8", (0, 65535)),
            (number + 40, "allow", "6", "::/0", (443, 443)),
            (number + 50, "allow", "6", "::/0", (1024, 65535)),
            (32767, "deny", "-1", "0.0.0.0/0", None),
            (32768, "deny", "-1", "::/0", None),
        ]
        choose.shuffle(rows)
        return [_entry(egress, *row) for row in rows]

    def _middle(self, vpc: Vpc, tier: str) -> tuple[str, str, str, tuple[int, int] | None]:
        choose = self.random
        action = "deny" if choose.random() < 0.4 else "allow"
        kind = choose.random()
        if kind < 0.45:
            block = f"10.{choose.randrange(len(self.vpcs))}.{choose.randrange(8) * 16}.0/20"
        elif kind < 0.8:
            block = f"{vpc.address(choose.choice(TIERS), 'a', 10 + choose.randrange(200))}/32"
        else:
            block = f"{choose.randint(11, 99)}.{choose.randrange(256)}.0.0/16"
        if action == "deny":
            low = choose.choice((21, 25, 135, 445, 1433, 6379, 11211, 27017))
            return action, "6", block, (low, low + choose.randrange(3))
        port = choose.choice(SERVICE_PORTS[tier])
        return action, choose.choice(("6", "6", "6", "17")), block, (port, port)


def _entry(
    egress: bool, number: int, action: str, protocol: str, block: str, ports: tuple[int, int] | None
) -> Json:
    entry: Json = {"Egress": egress, "Protocol": protocol, "RuleAction": action}
    entry["RuleNumber"] = number
    entry["Ipv6CidrBlock" if ":" in block else "CidrBlock"] = block
    if ports is not None:
        entry["PortRange"] = {"From": ports[0], "To": ports[1]}
    return entry


def _permission(
    protocol: str,
    first: int | None,
    last: int | None,
    *,
    cidrs: list[str] = [],  # noqa: B006 - never changed
    ipv6: list[str] = [],  # noqa: B006
    groups: list[str] = [],  # noqa: B006
    prefix_lists: list[str] = [],  # noqa: B006
) -> Json:
    permission: Json = {
        "IpProtocol": protocol,
        "IpRanges": [{"CidrIp": block} for block in cidrs],
        "Ipv6Ranges": [{"CidrIpv6": block} for block in ipv6],
        "PrefixListIds": [{"PrefixListId": name} for name in prefix_lists],
        "UserIdGroupPairs": [{"GroupId": group, "UserId": OWNER} for group in groups],
    }
    if first is not None:
        permission |= {"FromPort": first, "ToPort": last}
    return permission
