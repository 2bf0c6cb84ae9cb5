"""Transit gateways: attachments of every kind, tables of every rank, loops, blackholes and gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.strategies.plan import Plan
from verifier.model import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitRank,
)
from verifier.packet import Address, Prefix

SITES = (
    AttachmentKind.VPN,
    AttachmentKind.DIRECT_CONNECT,
    AttachmentKind.CONNECT,
    AttachmentKind.CLIENT_VPN,
)
RANKS = {
    TransitRank.STATIC: 6,
    TransitRank.PREFIX_LIST: 2,
    TransitRank.PROPAGATED_VPC: 4,
    TransitRank.PROPAGATED_DIRECT_CONNECT: 2,
    TransitRank.PROPAGATED_CONNECT: 1,
    TransitRank.PROPAGATED_VPN: 2,
    TransitRank.PROPAGATED_CLIENT_VPN: 1,
}


def add_transit_gateway(plan: Plan, *, plain: bool) -> str:
    """A gateway with one table, still empty; the gateway's id."""
    name = f"tgw-{len(plan.transit_gateways) + 1}"
    plan.transit_gateways[name] = TransitGateway(
        id=name,
        references=plan.chance(0.6),
        gap=None if plain or plan.chance(0.8) else plan.gap(name, "TGW-1"),
    )
    add_transit_table(plan, name)
    return name


def add_transit_table(plan: Plan, gateway: str) -> str:
    """Another table of the gateway; its id."""
    name = f"tgw-rtb-{len(plan.transit_tables) + 1}"
    plan.transit_tables[name] = TransitGatewayRouteTable(id=name, transit_gateway_id=gateway)
    return name


def tables_of(plan: Plan, gateway: str) -> list[str]:
    """The ids of the gateway's tables."""
    found = plan.transit_tables.values()
    return sorted(table.id for table in found if table.transit_gateway_id == gateway)


def attach_vpc(
    plan: Plan, gateway: str, table: str | None, subnets: list[str], **fields: Any
) -> str:
    """Attach a VPC by these subnets, at most one in a zone mostly; the attachment's id."""
    name = f"tgw-attach-{len(plan.transit_attachments) + 1}"
    made = TransitGatewayAttachment(
        id=name,
        transit_gateway_id=gateway,
        kind=AttachmentKind.VPC,
        table_id=table,
        vpc_id=plan.subnets[subnets[0]].vpc_id,
        account=plan.vpcs[plan.subnets[subnets[0]].vpc_id].account,
        subnet_ids=tuple(sorted(set(subnets))),
        ipv6=plan.chance(0.9),
        references=plan.chance(0.85),
        appliance_mode=plan.chance(0.2),
    )
    plan.transit_attachments[gateway, name] = replace(made, **fields)
    return name


def attach_sites(plan: Plan, gateway: str, table: str | None, **fields: Any) -> str:
    """Attach sites outside; the attachment's id."""
    name = f"tgw-attach-{len(plan.transit_attachments) + 1}"
    beyond = plan.gap(name, "TGW-5", "beyond") if plan.chance(0.6) else None
    made = TransitGatewayAttachment(
        id=name,
        transit_gateway_id=gateway,
        kind=plan.pick(SITES),
        table_id=table,
        beyond=beyond,
    )
    plan.transit_attachments[gateway, name] = replace(made, **fields)
    return name


def join(plan: Plan, one: tuple[str, str | None], other: tuple[str, str | None]) -> str:
    """Join two gateways, each with the table that it associates; the id of both ends."""
    name = f"tgw-attach-{len(plan.transit_attachments) + 1}"
    for (gateway, table), (peer, _) in ((one, other), (other, one)):
        plan.transit_attachments[gateway, name] = TransitGatewayAttachment(
            id=name,
            transit_gateway_id=gateway,
            kind=AttachmentKind.PEERING,
            table_id=table,
            peer_gateway_id=peer,
        )
    return name


def lead(plan: Plan, table: str, address: Address, *attachments: str) -> None:
    """A route for the address, in one of the forms; at times two ways of the same cost."""
    routes = plan.transit_tables[table].routes
    prefix = plan.around(address)
    if plan.chance(0.3):
        prefix = Prefix(address.family, 0, 0)
    if prefix in [route.prefix for route in routes]:
        prefix = Prefix.of(address, 32 if address.family == 4 else 128)
    add_transit_route(plan, table, prefix, plan.weighted(RANKS), *attachments)


def add_transit_route(
    plan: Plan, table: str, prefix: Prefix, rank: TransitRank, *attachments: str
) -> None:
    """A route to these attachments; to none, a blackhole."""
    before = plan.transit_tables[table]
    made = TransitGatewayRoute(
        prefix=prefix, rank=rank, attachment_ids=tuple(sorted(set(attachments)))
    )
    plan.transit_tables[table] = replace(before, routes=(*before.routes, made))


def add_transit_gateways(plan: Plan) -> None:
    """Now and then a gateway that nothing asked for, with what comes along."""
    if plan.chance(0.9):
        return
    gateway = add_transit_gateway(plan, plain=False)
    tables = tables_of(plan, gateway)
    for vpc_id in plan.vpcs:
        own = [subnet.id for subnet in plan.subnets.values() if subnet.vpc_id == vpc_id]
        subnets = plan.random.sample(own, plan.pick((1, 1, 2)))
        attach_vpc(plan, gateway, plan.pick((*tables, None)), subnets)
    if plan.chance(0.3):
        attach_sites(plan, gateway, plan.pick(tables))


def add_noise(plan: Plan) -> None:
    """Routes of every kind in the tables, then their order."""
    for name, table in list(plan.transit_tables.items()):
        ends = sorted(
            end.id
            for end in plan.transit_attachments.values()
            if end.transit_gateway_id == table.transit_gateway_id
        )
        for _ in range(plan.weighted({0: 8, 1: 4, 2: 1})):
            count = plan.weighted({0: 2, 1: 8, 2: 2})
            chosen = plan.random.sample(ends, min(count, len(ends)))
            rank = plan.weighted(RANKS)
            add_transit_route(plan, name, plan.prefix(), rank, *chosen)
        routes = list(plan.transit_tables[name].routes)
        plan.random.shuffle(routes)
        plan.transit_tables[name] = replace(plan.transit_tables[name], routes=tuple(routes))
