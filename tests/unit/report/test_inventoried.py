from __future__ import annotations

from dataclasses import replace

from verifier.model import Assumption, Gap
from verifier.report.inventoried import inventory_document, inventory_lines
from verifier.report.story import plain
from verifier.snapshot import InputFile, Inventory, Scope
from verifier.snapshot.commands import COMMANDS
from verifier.snapshot.inventory import Name, ScopeInventory

FOUND = Inventory(
    counts={"vpcs": 1, "network_acls": 2, "peerings": 0},
    scopes=(
        ScopeInventory(Scope("111122223333", "eu-west-1"), {"vpcs": 1}, (COMMANDS[1],)),
        ScopeInventory(Scope(None, None), {}, ()),
    ),
    names=(
        *(Name("tag", f"tag:Name=web-{at:02}", 1) for at in range(22)),
        Name("id", "eni-\x1b1", 3),
    ),
    gaps=(Gap("vgw-1", "GAP-6", "not modelled"),),
    assumptions=(Assumption("ENI-6", "as usual"),),
    warnings=("a.json: odd\n",),
)


def test_in_words() -> None:
    told = plain(inventory_lines(FOUND, detail=False))
    assert told.startswith(
        "read: 1 VPC, 2 network ACLs\n\n"
        "account 111122223333, eu-west-1: 1 VPC\n"
        f"  missing: {COMMANDS[1].text} ({COMMANDS[1].why})\n"
        "unnamed account, unnamed Region: nothing\n"
    )
    assert "  - tag:Name=web-19 (1)\n  - and 2 more of kind `tag`: see them with `-v`\n" in told
    assert "  - and 1 more of kind `id`" in told
    assert told.endswith(
        "gaps (1), what the model does not represent exactly:\n"
        "  - vgw-1: not modelled (GAP-6)\n"
        "\nassumptions (1):\n  - as usual (ENI-6)\n"
        "warning: a.json: odd\\n\n"
    )


def test_in_detail() -> None:
    told = plain(inventory_lines(FOUND, detail=True))
    assert "web-21" in told
    assert "  - eni-\\x1b1 (3)\n" in told
    assert "more of kind" not in told


def test_nothing_to_tell() -> None:
    empty = replace(FOUND, names=(), gaps=(), assumptions=(), warnings=(), scopes=())
    assert plain(inventory_lines(empty, detail=False)) == "read: 1 VPC, 2 network ACLs\n\n"


def test_as_data() -> None:
    document = inventory_document(FOUND, [InputFile("a.json", "ab", "aws-describe")])
    assert document["inputs"] == [{"path": "a.json", "sha256": "ab", "kind": "aws-describe"}]
    assert document["scopes"][0]["account"] == "111122223333"
    assert document["scopes"][0]["missing"][0]["command"] == COMMANDS[1].text
    assert document["names"][-1] == {"kind": "id", "text": "eni-\x1b1", "interfaces": 3}
    assert document["gaps"][0]["id"] == "gap-1"
    assert document["warnings"] == ["a.json: odd\n"]
