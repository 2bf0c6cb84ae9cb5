"""EC2 Instance Connect Endpoints: how their clauses show on an exchange."""

from __future__ import annotations

from collections.abc import Callable

from tests.crosscheck.view import View
from verifier.model import InstanceConnectEndpoint, InterfaceKind
from verifier.trace import InterfaceHost


def _sender(view: View) -> InstanceConnectEndpoint | None:
    """The endpoint that sends, if one does."""
    host = view.probe.source
    known = view.case.network.instance_connect_endpoints
    return known.get(host.interface_id) if isinstance(host, InterfaceHost) else None


def _sent(view: View, keeps: bool | None) -> bool:
    """A packet of an endpoint of this sort was delivered."""
    found = _sender(view)
    return found is not None and found.keeps_clients is keeps and view.destination() is not None


def _answered(view: View) -> bool:
    """A user's session works by the gap, or its reply falls to it."""
    found, reply = _sender(view), view.exchange.reply
    if found is None or found.gap is None or reply is None:
        return False
    return found.gap in reply.gaps or reply.code == "UNKNOWN_RESOURCE"


def _refused(view: View) -> bool:
    meant = view.meant()
    return (
        meant is not None
        and meant.kind is InterfaceKind.INSTANCE_CONNECT_ENDPOINT
        and view.code("ENI_ROLE_RESTRICTION")
    )


CLAUSES: dict[str, Callable[[View], bool]] = {
    "EICE-1": _refused,
    "EICE-2": lambda v: v.code("EICE_PORT_RESTRICTION", "EICE_DESTINATION_RESTRICTION"),
    "EICE-3": lambda v: _sent(v, False),
    "EICE-4": lambda v: _sent(v, True) or v.code("EICE_SOURCE_RESTRICTION"),
    "EICE-5": _answered,
    "EICE-6": lambda v: _sent(v, None),
}
