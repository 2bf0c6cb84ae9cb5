"""A way that a packet can take, as a pair of terms."""

from __future__ import annotations

from typing import NamedTuple


class Way(NamedTuple):
    """`delivered`: the packet takes this way to its destination; `returned`: so does its reply.

    `returned` speaks only where `delivered` holds and a reply is due; in packet mode it is true.
    """

    delivered: int
    returned: int
