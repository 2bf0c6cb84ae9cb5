"""What addresses an EC2 Instance Connect Endpoint may send from: not always those that it owns.

Law (clause ASK-2): as a source the endpoint takes part by every address that it may send from, the
ones behind its gap included, whatever the policy; so no packet of it is outside every set.
"""

from __future__ import annotations

from verifier.model import InstanceConnectEndpoint
from verifier.packet import AddressSet


def sent_from(endpoint: InstanceConnectEndpoint, own: AddressSet) -> AddressSet:
    """The addresses of clauses EICE-3, EICE-4 and EICE-6; `own` are those of its interface."""
    if endpoint.keeps_clients is None:
        return AddressSet.everything()
    return AddressSet.everything() - own if endpoint.keeps_clients else own
