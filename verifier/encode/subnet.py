"""Subnets (SUB-1 to SUB-5): what stays in the subnet, and what leaves it."""

from __future__ import annotations

from verifier.encode import network_acl, vpc
from verifier.encode.packet import Port, Scope
from verifier.topology import Role


def stays(scope: Scope, role: Role, variable: str) -> int:
    """True iff the address lies in a block of the host's own subnet (SUB-2)."""

    def build() -> int:
        return scope.terms.any_of(
            scope.terms.all_of(
                (
                    scope.side(role, classes),
                    scope.address(variable, scope.index.subnet_blocks(subnet, scope.family)),
                )
            )
            for subnet, classes in role.subnets.items()
        )

    return scope.once(("stays", role is scope.sources, variable), build)


def departs(scope: Scope, role: Role, variable: str) -> int:
    """True iff the host's subnet hands a packet to the address to its table (SUB-1 to SUB-3)."""
    return scope.terms.all_of(
        (
            scope.terms.negate(vpc.served(scope, role, variable)),
            scope.terms.negate(stays(scope, role, variable)),
        )
    )


def leaves(scope: Scope, role: Role, variable: str, port: Port) -> int:
    """True iff a packet to the address gets out of the host's subnet to its router (SUB-3)."""

    def build() -> int:
        return scope.terms.all_of(
            (
                scope.terms.negate(vpc.served(scope, role, variable)),
                scope.terms.negate(stays(scope, role, variable)),
                network_acl.passes(scope, role, True, variable, port),
            )
        )

    return scope.once(("leaves", role is scope.sources, variable, port), build)
