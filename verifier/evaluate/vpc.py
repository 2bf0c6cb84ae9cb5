"""VPCs: who owns which address, and which addresses nobody inside can be (VPC-1 to VPC-3).

Owns the address book of a network. Law: within one VPC an address has at most one owner, and the
same address in another VPC is another address (SUB-5), so every look-up names the VPC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model import Network, NetworkInterface
from verifier.packet import WIDTH, Address, AddressSet, Family
from verifier.packet.special_ranges import GLOBAL_UNICAST_IPV6, NOT_INTERNET

Delegations = dict[tuple[Family, int, int], NetworkInterface]


@dataclass(slots=True)
class AddressBook:
    """The addresses of a network.

    `public` maps a public IPv4 address to its VPC and private address (VPC-3), `public_of` the
    other way round and only where the private one can send by it (IGW-2). `nats` are the private
    addresses of NAT gateways, by VPC and address, with the gateway's id.
    """

    own: dict[str, dict[Address, NetworkInterface]] = field(default_factory=dict)
    delegated: dict[str, Delegations] = field(default_factory=dict)
    lengths: dict[str, list[tuple[Family, int]]] = field(default_factory=dict)
    public: dict[Address, tuple[str, Address]] = field(default_factory=dict)
    public_of: dict[tuple[str, Address], Address] = field(default_factory=dict)
    nats: dict[tuple[str, Address], str] = field(default_factory=dict)
    blocks: Mapping[str, AddressSet] = field(default_factory=dict)
    private_ipv6: Mapping[str, AddressSet] = field(default_factory=dict)
    every_block: AddressSet = field(default_factory=AddressSet)
    not_internet: AddressSet = field(default_factory=AddressSet)

    def owner(self, vpc_id: str, address: Address) -> NetworkInterface | None:
        """The interface of the VPC that owns the address (ENI-1, VPC-2)."""
        found = self.own.get(vpc_id, {}).get(address)
        if found is not None:
            return found
        for family, length in self.lengths.get(vpc_id, ()):
            if family == address.family:
                spare = WIDTH[family] - length
                holder = self.delegated[vpc_id].get((family, length, address.value >> spare))
                if holder is not None:
                    return holder
        return None

    def is_own(self, vpc_id: str, address: Address) -> bool:
        """True iff an interface, or a NAT gateway, of the VPC has it as private address (VGW-2)."""
        return (vpc_id, address) in self.nats or self.owner(vpc_id, address) is not None

    def goes_by(self, interface: NetworkInterface, address: Address) -> bool:
        """True iff the address is the interface's own, or mapped to one of its own (MBX-6)."""
        public = any(address == entry.public for entry in interface.ipv4)
        return public or self.owner(interface.vpc_id, address) is interface

    def owners(self, address: Address) -> list[NetworkInterface]:
        """The owners of the address in all VPCs, by VPC (SUB-5)."""
        found = (self.owner(vpc_id, address) for vpc_id in self.own)
        return [interface for interface in found if interface is not None]

    def in_vpc(self, vpc_id: str, address: Address) -> bool:
        """True iff the address lies in a block of the VPC (VPC-1)."""
        return address in self.blocks.get(vpc_id, _NOTHING)

    def is_internet(self, address: Address) -> bool:
        """True iff the address is an internet address of this network (IGW-8)."""
        return address not in self.not_internet

    def is_global_ipv6(self, address: Address) -> bool:
        """True iff it is an IPv6 address in 2000::/3 that an interface owns (IGW-5)."""
        return GLOBAL_UNICAST_IPV6.holds(address) and bool(self.owners(address))


_NOTHING = AddressSet()


def address_book(network: Network) -> AddressBook:
    """Read the addresses out of the network."""
    book = AddressBook()
    for vpc in network.vpcs.values():
        book.own[vpc.id] = {}
    for interface in sorted(network.interfaces.values(), key=lambda found: found.id):
        _enter_interface(book, interface)
    for nat in sorted(network.nat_gateways.values(), key=lambda found: found.id):
        for address in nat.addresses:
            book.nats[nat.vpc_id, address.private] = nat.id
            if address.public is not None:
                book.public[address.public] = (nat.vpc_id, address.private)
                book.public_of[nat.vpc_id, address.private] = address.public
    book.own = dict(sorted(book.own.items()))
    for vpc_id, delegations in book.delegated.items():
        lengths = {(family, length) for family, length, _ in delegations}
        book.lengths[vpc_id] = sorted(lengths, reverse=True)
    _enter_blocks(book, network)
    return book


def _enter_interface(book: AddressBook, interface: NetworkInterface) -> None:
    own = book.own.setdefault(interface.vpc_id, {})
    for entry in interface.ipv4:
        own.setdefault(entry.address, interface)
        if entry.public is not None:
            book.public.setdefault(entry.public, (interface.vpc_id, entry.address))
            if interface.attached:
                book.public_of[interface.vpc_id, entry.address] = entry.public
    for address in interface.ipv6:
        own.setdefault(address, interface)
    for prefix in interface.delegated:
        spare = WIDTH[prefix.family] - prefix.length
        table = book.delegated.setdefault(interface.vpc_id, {})
        table.setdefault((prefix.family, prefix.length, prefix.network >> spare), interface)


def _enter_blocks(book: AddressBook, network: Network) -> None:
    vpcs = network.vpcs.values()
    book.blocks = {vpc.id: AddressSet.of(*vpc.prefixes) for vpc in vpcs}
    book.private_ipv6 = {
        vpc.id: AddressSet.of(*(block.prefix for block in vpc.ipv6 if block.private))
        for vpc in vpcs
    }
    book.every_block = AddressSet.of(*book.blocks.values())
    book.not_internet = AddressSet.of(NOT_INTERNET, book.every_block, *book.public)
