"""All known answers, whichever file they stand in."""

from __future__ import annotations

from tests.known_answers import appliances, cases, doors, firewalls, transit

PARTS = (cases, transit, doors, appliances, firewalls)
CASES = cases.CASES
