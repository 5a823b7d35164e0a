"""Which addresses a webhook may be connected to."""

from __future__ import annotations

import pytest

from sla_compliance.delivery.addresses import PUBLIC_ADDRESSES, AddressRules
from sla_compliance.errors import InvalidValueError

PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "64:ff9b::101:101"]
PRIVATE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.8.8", "::1",
    "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::a00:1",
]  # fmt: skip
SPECIAL = [
    ".".join("0000"), "0.1.2.3", "100.64.0.1", "169.254.1.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fe80::1%eth0", "ff02::1",
    "2001:db8::1", "fec0::1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1", "::10.0.0.1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe", "::ffff:0.0.0.0", "::ffff:224.0.0.1",
]  # fmt: skip
METADATA = ["169.254.169.254", "169.254.170.2", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe",
            "fd00:ec2::254", "100.100.100.200", "168.63.129.16"]  # fmt: skip
NO_ADDRESS = ["", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "1.1.1.1.1", "1.1.1.1/32", "é"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    """Of both kinds."""
    assert PUBLIC_ADDRESSES.allows(address)


@pytest.mark.parametrize("address", [*PRIVATE, *SPECIAL, *METADATA, *NO_ADDRESS])
def test_others_are_refused(address: str) -> None:
    """In every form; what is no address at all, too."""
    assert not PUBLIC_ADDRESSES.allows(address)


def test_private_networks_and_this_machine_can_be_allowed() -> None:
    """Metadata of clouds is not among them, nor is what belongs to nobody."""
    rules = AddressRules.parse("1", "SLA_WEBHOOK_ALLOW_PRIVATE")
    assert [address for address in [*PUBLIC, *PRIVATE] if not rules.allows(address)] == []
    assert [address for address in [*SPECIAL, *METADATA] if rules.allows(address)] == []


def test_networks_can_be_allowed_by_name() -> None:
    """Those alone; metadata too, by whoever means it."""
    rules = AddressRules.parse(" 10.1.0.0/16, fd00:1::/32,127.0.0.1 ", "field")
    assert rules.allows("10.1.2.3")
    assert rules.allows("::ffff:10.1.2.3")
    assert rules.allows("fd00:1::5")
    assert rules.allows("127.0.0.1")
    assert not rules.allows("10.2.0.1")
    assert not rules.allows("127.0.0.2")
    assert not rules.allows("169.254.169.254")
    assert AddressRules.parse("169.254.169.254/32", "field").allows("169.254.169.254")
    assert AddressRules.parse("", "field") == PUBLIC_ADDRESSES


@pytest.mark.parametrize("text", ["yes", "10.0.0.1/8", "10.0.0.0/33", "1,x", "localhost"])
def test_what_is_no_network_is_refused(text: str) -> None:
    """By its name; bits beyond the mask would mean another network than was meant."""
    with pytest.raises(InvalidValueError, match="^SLA_X holds .*; give 1, or networks such as"):
        AddressRules.parse(text, "SLA_X")
