"""Finding files: trees, links, devices, archives, and what folders' names say."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path

import pytest

from tests.unit.snapshot.documents import network_document
from verifier.errors import SnapshotError
from verifier.snapshot import InputFile, read_snapshot, source
from verifier.snapshot.source import Source, find

VPCS = json.dumps({"Vpcs": []})


def paths(*arguments: object) -> list[Source]:
    return list(find([str(argument) for argument in arguments]))


def test_a_tree_is_searched_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.json", "b/1.JSON", "a/x.json.gz", "z.json", "a/readme.md", "c.json/d.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(VPCS)
    found = [one.path.removeprefix(f"{tmp_path}/") for one in paths(tmp_path)]
    assert found == ["z.json", "a/x.json.gz", "b/1.JSON", "b/2.json", "c.json/d.json"]


def test_folders_give_account_and_region(tmp_path: Path) -> None:
    for folder in ("111122223333/eu-west-1", "us-gov-west-1/deep/er", "plain", "12/eusc-de-east-1"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "v.json").write_text(VPCS)
    found = {one.path.removeprefix(f"{tmp_path}/"): one.scope for one in paths(tmp_path)}
    assert found == {
        "111122223333/eu-west-1/v.json": ("111122223333", "eu-west-1"),
        "us-gov-west-1/deep/er/v.json": (None, "us-gov-west-1"),
        "plain/v.json": (None, None),
        "12/eusc-de-east-1/v.json": (None, "eusc-de-east-1"),
    }


def test_a_region_alone_at_the_top_has_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "eu-west-1").mkdir()
    (tmp_path / "eu-west-1" / "v.json").write_text(VPCS)
    monkeypatch.chdir(tmp_path)
    assert [one.scope for one in paths("eu-west-1")] == [(None, "eu-west-1")]


def test_links_do_not_loop(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "v.json").write_text(VPCS)
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    assert [Path(one.path).name for one in paths(tmp_path)] == ["v.json"]


def test_a_file_may_have_any_name_if_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "dump").write_text(VPCS)
    assert read_snapshot([str(tmp_path / "dump")]).network.vpcs == {}


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"no `\.json` or `\.json\.gz` file"):
        paths(tmp_path)


@pytest.mark.parametrize("name", ["nowhere", "nul\0"])
def test_what_cannot_be_found_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SnapshotError, match="cannot be read"):
        paths(tmp_path / name)


def test_devices_and_pipes_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(SnapshotError, match="neither a file nor a folder"):
        paths(tmp_path / "pipe.json")
    with pytest.raises(SnapshotError, match="is not a regular file"):
        read_snapshot([str(tmp_path)])


def test_a_dangling_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.json").symlink_to(tmp_path / "gone")
    with pytest.raises(SnapshotError, match="cannot be read"):
        read_snapshot([str(tmp_path)])


def test_a_folder_that_may_not_be_entered_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(SnapshotError, match=r"cannot be read \(permission denied\)"):
        paths(tmp_path)


def test_archives_are_decompressed(tmp_path: Path) -> None:
    data = json.dumps(network_document()).encode()
    (tmp_path / "all.json.gz").write_bytes(gzip.compress(data))
    snapshot = read_snapshot([str(tmp_path)])
    assert sorted(snapshot.network.interfaces) == ["eni-1", "eni-2"]
    assert snapshot.inputs == (
        InputFile(str(tmp_path / "all.json.gz"), __import__("hashlib").sha256(data).hexdigest()),
    )


@pytest.mark.parametrize("cut", [1, 9, -4])
def test_a_broken_archive_is_refused(tmp_path: Path, cut: int) -> None:
    (tmp_path / "v.json.gz").write_bytes(
        gzip.compress(VPCS.encode())[: cut + 10 if cut > 0 else cut]
    )
    with pytest.raises(SnapshotError, match="not a whole gzip file"):
        read_snapshot([str(tmp_path)])


def test_corrupt_deflate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.json.gz").write_bytes(gzip.compress(b"")[:10] + b"\xff" * 20)
    with pytest.raises(SnapshotError, match="not a whole gzip file"):
        read_snapshot([str(tmp_path)])


def test_an_archive_that_swells_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST_INPUT", 1000)
    (tmp_path / "bomb.json.gz").write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(SnapshotError, match="larger than 1,000 bytes"):
        read_snapshot([str(tmp_path)])


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST_INPUT", 1000)
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(VPCS + " " * 600)
    with pytest.raises(SnapshotError, match=r"b\.json: the snapshot is larger"):
        read_snapshot([str(tmp_path)])


def test_standard_input_is_read() -> None:
    assert read_snapshot(["-"], stdin=io.BytesIO(VPCS.encode())).inputs[0].path == "<stdin>"
    with pytest.raises(SnapshotError, match="no standard input"):
        read_snapshot(["-"])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text_can_be_shown(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.json"
    Path(os.fsdecode(name)).write_text("{")
    with pytest.raises(SnapshotError) as caught:
        read_snapshot([str(tmp_path)])
    assert "\\udcff.json:1:2" in str(caught.value)
    str(caught.value).encode()
