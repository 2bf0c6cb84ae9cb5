#!/usr/bin/env python3
"""Answers like the AWS CLI, from the snapshot of an example, and keeps a list of what was asked.

`STAND_IN_SNAPSHOT` is the folder of the example, `STAND_IN_LOG` the file to which each service and
operation is appended.
"""

import json
import os
import sys
from pathlib import Path

ACCOUNT = "111122223333"


def answer(service: str, operation: str, options: list[str]) -> str:
    """What the AWS CLI would print."""
    if (service, operation) == ("sts", "get-caller-identity"):
        return ACCOUNT
    snapshot = Path(os.environ["STAND_IN_SNAPSHOT"])
    if operation == "describe-prefix-lists":
        return json.dumps({"PrefixLists": []}, indent=4)
    if operation == "get-managed-prefix-list-entries":
        operation = options[options.index("--prefix-list-id") + 1]
    path = snapshot / f"{operation}.json"
    key = operation.removeprefix("describe-").title().replace("-", "")
    text = path.read_text(encoding="utf-8") if path.exists() else json.dumps({key: []}, indent=4)
    if "--query" in options:
        listing, _, field = options[options.index("--query") + 1].partition("[].")
        return "\t".join(each[field] for each in json.loads(text)[listing])
    return text


if __name__ == "__main__":
    with Path(os.environ["STAND_IN_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{sys.argv[1]} {sys.argv[2]}\n")
    print(answer(sys.argv[1], sys.argv[2], sys.argv[3:]))
