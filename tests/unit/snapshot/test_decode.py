"""Encodings and JSON's grammar."""

from __future__ import annotations

import io
import json

import pytest

from verifier.errors import SnapshotError
from verifier.snapshot import read_snapshot
from verifier.snapshot.decode import decode

TEXT = '{"Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "größe"}]}]}'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_encodings(encoding: str) -> None:
    snapshot = read_snapshot(["-"], stdin=io.BytesIO(TEXT.encode(encoding)))
    assert snapshot.network.vpcs["vpc-1"].tags == {"Name": "größe"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "f.json: is empty; expected the output of `aws ... --output json`"),
        (b"  \n ", "f.json: is empty"),
        (b"{\n  'Vpcs': []}", "f.json:2:3: is not JSON (expecting property name"),
        (b'{"Vpcs": [', "f.json:1:11: is not JSON (expecting value); expected the output of"),
        (b'{"Vpcs": []}\n{"Subnets": []}', "f.json:2:1: a second JSON document begins here"),
        (b'{"Vpcs": NaN}', "f.json: `NaN` is not JSON"),
        (b'{"Vpcs": [-Infinity]}', "f.json: `-Infinity` is not JSON"),
        (b'{"Vpcs": [], "a": {"x": 1, "y": 2, "x": 3}}', "one object has the key `x` twice"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "one object has the key `\\ud800` twice"),
        (b"[" * 100_000, "f.json: is nested too deeply for AWS output"),
        (b'{"a": ' * 50_000, "f.json: is nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "has a number of more digits than any"),
        (b"\xff\xfe\xff", "f.json: is not utf-16"),
        (b'{"Vpcs": "\xff"}', "f.json: is not utf-8 text (invalid start byte at byte 10)"),
        (b"[]", "found a bare list, expected an object with a key like `Vpcs`; leave `--query`"),
        (b"[1]", "found a bare list, expected an object with a key"),
        (b'[{"SubnetId": "s", "VpcId": "v"}]', 'expected {"Subnets": [...]}; leave `--query`'),
        (b'[{"Nothing": 1}]', "found a bare list, expected an object with a key like"),
        (b"17", "found a bare value, expected an object"),
        (b'"Vpcs"', "found a bare value"),
        (b'{"Vpcs": "\\ud800"}', "`\\ud800` has half of a surrogate pair"),
        (b'{"a": [{"\\udfff": 1}]}', "`\\udfff` has half of a surrogate pair"),
    ],
)
def test_what_is_no_json_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        decode(data, "f.json")
    assert message in str(caught.value)
    str(caught.value).encode()


def test_whole_surrogate_pairs_are_text() -> None:
    assert decode(b'{"a": "\\ud83d\\ude00", "b": [1]}', "f") == {"a": "\U0001f600", "b": [1]}


def test_the_depth_of_irrelevant_parts_is_no_matter() -> None:
    deep = json.dumps({"Vpcs": [], "Images": json.loads("[" * 200 + "]" * 200)})
    assert read_snapshot(["-"], stdin=io.BytesIO(deep.encode())).network.vpcs == {}
