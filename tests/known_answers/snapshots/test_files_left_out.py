"""A file that was not collected never makes a proof of what is refuted with it.

One file after the other is left out of networks in which something is delivered that must not be.
Law: the answer is not `PROVED`. (Files of hosts, VPCs and subnets apart: without them there is
nobody of whom anything could be said.)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.known_answers.snapshots import (
    test_accounts,
    test_balancing,
    test_controls,
    test_endpoints,
    test_ipv6,
    test_on_premises,
    test_through,
    test_transit_gateways,
)
from tests.known_answers.snapshots.account import Estate
from tests.known_answers.snapshots.asked import REFUTED, Case, ask

HOSTS = ("describe-instances", "describe-network-interfaces", "describe-subnets", "describe-vpcs")
SAFETY = ("never", "isolated")
NETWORKS: dict[str, tuple[Callable[[], Estate], tuple[Case, ...], str]] = {
    "transit": (test_transit_gateways.hub, test_transit_gateways.CASES, "dev knows the west"),
    "sites": (test_on_premises.sites, test_on_premises.CASES, "vault told to the sites' table"),
    "endpoints": (test_endpoints.endpoints, test_endpoints.CASES, "longer route to the internet"),
    "balancers": (test_balancing.shop, test_balancing.CASES, "right"),
    "ipv6": (test_ipv6.sixes, test_ipv6.CASES, "right"),
    "controls": (test_controls.controls, test_controls.CASES, "around the firewall"),
    "accounts": (test_accounts.accounts, test_accounts.CASES, "the wrong connection"),
    "through": (test_through.through, test_through.CASES, "a shortcut"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_refuted_is_not_proved_without_a_file(name: str, tmp_path: Path) -> None:
    built, cases, wanted = NETWORKS[name]
    case = next(one for one in cases if one.name == wanted)
    estate = built()
    if case.mistake is not None:
        case.mistake(estate)
    asked = [
        says.statement
        for says in case.answers
        if says.verdict == REFUTED and says.statement.startswith(SAFETY)
    ]
    assert asked
    for place in list(estate.places.values()):
        for file, content in list(place.files.items()):
            if file in HOSTS or not any(content.values()):
                continue
            del place.files[file]
            report = ask(estate, tmp_path / f"{place.account} {place.region} {file}", *asked)
            found = {result["statement"]: result["verdict"] for result in report["results"]}
            assert "PROVED" not in found.values(), f"without {file}: {found}"
            place.files[file] = content
