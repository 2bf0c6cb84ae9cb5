"""All known answers, whichever file they stand in."""

from __future__ import annotations

from tests.known_answers import (
    appliances,
    cases,
    doors,
    firewalls,
    hubs,
    instance_connect,
    nat64,
    transit,
)

PARTS = (cases, transit, hubs, doors, appliances, firewalls, nat64, instance_connect)
CASES = cases.CASES
