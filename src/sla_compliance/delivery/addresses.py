"""AddressRules: which addresses of the network a webhook may be connected to."""
################################################################
# A URL of a contract file must not reach what this machine alone can reach: its own
# ports, the private network, the metadata of a cloud. So the address is checked, and
# not the name: the name is resolved once, its addresses are checked, and one of those
# is connected to. Whatever the name stands for a moment later changes nothing.
#
# An IPv6 address that is another form of one of IPv4 is that one.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from sla_compliance.errors import InvalidValueError, shown

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

ALLOW_PRIVATE_WORD: Final = "1"
PRIVATE_NETWORKS: Final[tuple[_Network, ...]] = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7"))
)
# Where clouds tell a machine its credentials. Some of them look public, some private.
_METADATA: Final = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"))
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
# Local NAT64, site-local addresses and tunnels, which lead to an address of IPv4: versions of Python differ about them.
_NOT_PUBLIC: Final = tuple(map(IPv6Network, ("64:ff9b:1::/48", "fec0::/10", "2001::/32", "2002::/16")))
_LOW_32_BITS: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Which addresses may be connected to: public ones, and those of some networks.

    Attributes:
        allowed_networks: what else than public addresses is allowed.
    """

    allowed_networks: tuple[_Network, ...] = ()

    @classmethod
    def parse(cls, text: str, field: str) -> AddressRules:
        """Return the rules that a text says: empty, "1" for private networks and this machine, or networks with commas.

        Raises:
            InvalidValueError: it is none of them.
        """
        if text == ALLOW_PRIVATE_WORD:
            return cls(PRIVATE_NETWORKS)
        networks: list[_Network] = []
        for part in filter(None, map(str.strip, text.split(","))):
            try:
                networks.append(ip_network(part))
            except ValueError:
                raise InvalidValueError(
                    f"{field} holds {shown(part)}; give 1, or networks such as 10.1.0.0/16 with commas between them",
                    field=field,
                ) from None
        return cls(tuple(networks))

    def allows(self, address_text: str) -> bool:
        """Return whether an address may be connected to; False where the text is none."""
        try:
            address = _plain(ip_address(address_text.partition("%")[0]))
        except ValueError:
            return False
        networks = [network for network in self.allowed_networks if address in network]
        if address in _METADATA:
            # "1" is for the networks of one's own; of a cloud's metadata the operator has to know.
            return any(network not in PRIVATE_NETWORKS for network in networks)
        return bool(networks) or _is_public(address)


PUBLIC_ADDRESSES: Final = AddressRules()


def _plain(address: _Address) -> _Address:
    """Return the address of IPv4 that one of IPv6 is another form of; else itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & _LOW_32_BITS)
    return address


def _is_public(address: _Address) -> bool:
    if any(address in network for network in _NOT_PUBLIC):
        return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return address.is_global and not is_special
