"""All known answers, whichever file they stand in."""

from __future__ import annotations

from tests.known_answers import appliances, cases, doors, transit

PARTS = (cases, transit, doors, appliances)
CASES = cases.CASES
