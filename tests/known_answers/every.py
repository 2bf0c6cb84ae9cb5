"""All known answers, whichever file they stand in."""

from __future__ import annotations

from tests.known_answers import appliances, cases, doors, firewalls, nat64, transit

PARTS = (cases, transit, doors, appliances, firewalls, nat64)
CASES = cases.CASES
