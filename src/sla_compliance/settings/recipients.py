"""Addresses of e-mail and of webhooks, and names of folders: which ones can be sent to."""
################################################################
# The grammar is narrower than that of the standards: what it accepts means the same to
# every program, and holds nothing that could begin a second header, a second recipient
# or a password.
#
# A host is written in ASCII, a name of another script as `xn--`. Whether a host may be
# connected to is asked when it is: its address can change.
################################################################

from __future__ import annotations

import re
from typing import Final

from sla_compliance.errors import InvalidValueError, shown

LONGEST_ADDRESS: Final = 254
LONGEST_URL: Final = 2000

_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = rf"{_LABEL}(?:\.{_LABEL})*"
_LOCAL_PART: Final = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_MAILBOX: Final = re.compile(rf"({_LOCAL_PART})@({_DOMAIN})")
_NAMED_MAILBOX: Final = re.compile(r"(?P<name>[^<>@\"]+) <(?P<address>[^<> ]+)>")
_LONGEST_LOCAL_PART: Final = 64
_URL: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_DOMAIN}\.?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?"
    r"(?P<target>[/?][!-\"$-~]*)?"
)
_HIGHEST_PORT: Final = 65_535
_FOLDER_PART: Final = re.compile(r"[\w][\w .-]*")
_LONGEST_FOLDER: Final = 200


def check_email_address(text: str, field: str) -> None:
    """Check an address of e-mail: `ana@example.com`, or with a name, `Ana Pérez <ana@example.com>`.

    Raises:
        InvalidValueError: it is none.
    """
    name, address = split_email_address(text)
    mailbox = _MAILBOX.fullmatch(address)
    if (
        mailbox is None
        or len(address) > LONGEST_ADDRESS
        or len(mailbox[1].encode(errors="replace")) > _LONGEST_LOCAL_PART
        or not (name + address).isprintable()
    ):
        raise InvalidValueError(
            f"{field} is {shown(text)}; give an address such as ana@example.com or 'Ana <ana@example.com>'", field=field
        )


def split_email_address(text: str) -> tuple[str, str]:
    """Return the name, empty where there is none, and the address itself."""
    named = _NAMED_MAILBOX.fullmatch(text)
    return ("", text) if named is None else (named["name"].strip(), named["address"])


def check_webhook_url(url: str, field: str, *, may_be_http: bool) -> None:
    """Check the URL of a webhook.

    Args:
        may_be_http: whether one that is not encrypted is accepted.

    Raises:
        InvalidValueError: it is none, or has a user, a password or a fragment. The message does not repeat it: its
            query may be a secret.
    """
    parts = _URL.fullmatch(url)
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise InvalidValueError(
            f"{field} has a user or a password; give a URL without, for messages are signed", field=field
        )
    if parts is None or len(url) > LONGEST_URL or int(parts["port"] or 1) not in range(1, _HIGHEST_PORT + 1):
        raise InvalidValueError(
            f"{field} is no URL of a webhook; give one in ASCII, such as https://example.com/hooks/sla", field=field
        )
    if parts["scheme"] == "http" and not may_be_http:
        raise InvalidValueError(
            f"{field} begins with http://, which is not encrypted; give an https URL, or set webhook_may_be_http",
            field=field,
        )


def webhook_host(url: str) -> str:
    """Return the host of a webhook's URL; what else it holds may be secret."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def check_folder(text: str, field: str) -> None:
    """Check the name of a folder below another one: names with / between them, none of which leads out of it.

    Raises:
        InvalidValueError: it is none.
    """
    names = text.split("/")
    is_usual = all(_FOLDER_PART.fullmatch(name) and name[-1] not in " ." for name in names)
    if not is_usual or not text.isprintable() or len(text.encode(errors="replace")) > _LONGEST_FOLDER:
        raise InvalidValueError(
            f"{field} is {shown(text)}; give names of letters, digits, '-', '_' and '.', with / between them, such as"
            " customers/acme",
            field=field,
        )
