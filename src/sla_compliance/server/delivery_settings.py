"""DeliverySettings: what the environment says of webhooks, the mail server and the folder of reports."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sla_compliance.delivery.addresses import AddressRules
from sla_compliance.delivery.mail import MailServer, MailTls, MailTransport
from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.server.settings import checked_secret
from sla_compliance.server.variables import (
    REPORTS_FOLDER,
    SMTP_CA_FILE,
    SMTP_HOST,
    SMTP_PASSWORD,
    SMTP_PASSWORD_FILE,
    SMTP_PORT,
    SMTP_SENDER,
    SMTP_TLS,
    SMTP_USER,
    WEBHOOK_ALLOW_PRIVATE,
    WEBHOOK_CA_FILE,
    WEBHOOK_SECRET,
)

_PORTS: Final[Mapping[MailTls, int]] = {"starttls": 587, "tls": 465, "none": 25}
_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """What the operator says of deliveries.

    Attributes:
        webhook_secrets: by the names of their variables.
        webhook_addresses: which addresses webhooks may be at.
        webhook_tls: whose certificates webhooks are trusted by.
        mail_server: None: there is none.
        reports_folder: below which reports are written; None: there is none.
    """

    webhook_secrets: Mapping[str, str] = field(repr=False)
    webhook_addresses: AddressRules
    webhook_tls: ssl.SSLContext
    mail_server: MailServer | None
    reports_folder: Path | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> DeliverySettings:
        """Return the settings that variables hold.

        Raises:
            InvalidValueError: a value is wrong or lacks another one; the message names the variable.
        """
        secrets = {
            name: checked_secret(value, name)
            for name, value in environment.items()
            if name.startswith(WEBHOOK_SECRET) and value
        }
        folder = environment.get(REPORTS_FOLDER)
        return cls(
            webhook_secrets=secrets,
            webhook_addresses=AddressRules.parse(environment.get(WEBHOOK_ALLOW_PRIVATE, ""), WEBHOOK_ALLOW_PRIVATE),
            webhook_tls=_trust(environment, WEBHOOK_CA_FILE),
            mail_server=_mail_server(environment) if environment.get(SMTP_HOST) else None,
            reports_folder=Path(folder) if folder else None,
        )


def _mail_server(environment: Mapping[str, str]) -> MailServer:
    tls = _tls(environment.get(SMTP_TLS) or "starttls")
    sender = environment.get(SMTP_SENDER)
    if not sender:
        raise InvalidValueError(
            f"{SMTP_SENDER} is missing; set it to the address that mails come from", field=SMTP_SENDER
        )
    user, password = environment.get(SMTP_USER) or None, _password(environment)
    if (user is None) != (password is None):
        name = SMTP_USER if user is None else SMTP_PASSWORD
        raise InvalidValueError(f"{name} is missing; set user and password, or neither", field=name)
    server = MailServer(
        host=environment[SMTP_HOST],
        port=_port(environment.get(SMTP_PORT) or str(_PORTS[tls])),
        sender=sender,
        tls=tls,
        user=user,
        password=password,
        trusted=_trust(environment, SMTP_CA_FILE),
    )
    try:
        MailTransport(server)
    except InvalidValueError as error:
        names = {"sender": SMTP_SENDER, "tls": SMTP_TLS}
        raise error.renamed(names.get(error.field, error.field)) from error
    return server


def _tls(word: str) -> MailTls:
    for tls in _PORTS:
        if word == tls:
            return tls
    raise InvalidValueError(f"{SMTP_TLS} is {shown(word)}; give one of {', '.join(_PORTS)}", field=SMTP_TLS)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0
    if not 1 <= port <= _HIGHEST_PORT:
        raise InvalidValueError(
            f"{SMTP_PORT} is {shown(text)}; give a number from 1 to {_HIGHEST_PORT}", field=SMTP_PORT
        )
    return port


def _password(environment: Mapping[str, str]) -> str | None:
    password, file = environment.get(SMTP_PASSWORD) or None, environment.get(SMTP_PASSWORD_FILE) or None
    if file is None:
        return password
    if password is not None:
        raise InvalidValueError(
            f"{SMTP_PASSWORD} is set and {SMTP_PASSWORD_FILE} too; set one of them", field=SMTP_PASSWORD
        )
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValueError(
            f"{SMTP_PASSWORD_FILE} is {shown(file)}, which cannot be read: {type(error).__name__}",
            field=SMTP_PASSWORD_FILE,
        ) from error


def _trust(environment: Mapping[str, str], name: str) -> ssl.SSLContext:
    """Return whose certificates are trusted: those that the system trusts, and those of a file."""
    context = ssl.create_default_context()
    file = environment.get(name)
    if not file:
        return context
    try:
        context.load_verify_locations(file)
    except (OSError, ValueError) as error:  # what is no PEM is an SSLError, which is an OSError
        raise InvalidValueError(
            f"{name} is {shown(file)}, which cannot be read as certificates: {type(error).__name__}", field=name
        ) from error
    return context
