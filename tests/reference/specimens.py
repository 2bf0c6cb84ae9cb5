"""All specimens, in the order of the page."""

from __future__ import annotations

from tests.reference.of_accounts import (
    DOOR_SPECIMENS,
    ENDPOINT_SPECIMENS,
    INTERFACE_SPECIMENS,
)
from tests.reference.of_balancers import BALANCER_SPECIMENS, FIREWALL_SPECIMENS
from tests.reference.of_routes import ROUTE_SPECIMENS
from tests.reference.of_transit import TRANSIT_SPECIMENS

SPECIMENS = (
    *ROUTE_SPECIMENS,
    *TRANSIT_SPECIMENS,
    *INTERFACE_SPECIMENS,
    *ENDPOINT_SPECIMENS,
    *DOOR_SPECIMENS,
    *BALANCER_SPECIMENS,
    *FIREWALL_SPECIMENS,
)
