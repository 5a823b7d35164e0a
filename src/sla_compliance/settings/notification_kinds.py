"""Kinds of values of a contract file that say what is sent, when and to whom."""

from __future__ import annotations

import re
from datetime import time
from typing import Any, Final

from sla_compliance.errors import InvalidValueError, shown
from sla_compliance.settings.kinds import TEXT, SettingKind, one_of
from sla_compliance.settings.recipients import LONGEST_URL, check_email_address, check_folder, check_webhook_url

_LOCALE_PATTERN: Final = r"^[a-z]{2,3}([-_][A-Z][a-z]{3})?([-_]([A-Z]{2}|[0-9]{3}))?$"
_TIME_PATTERN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_SECRET_PATTERN: Final = r"^SLA_WEBHOOK_SECRET[A-Z0-9_]{0,60}$"  # noqa: S105 - names of variables
_FORMAT_WORD: Final = one_of("pdf", "html", "xlsx", "csv", "json")


def _matches(pattern: str, text: str) -> bool:
    # Not `$` alone: it matches before a last line break too.
    return re.fullmatch(pattern, text) is not None and not text.endswith("\n")


def _addresses(texts: list[object], path: str) -> tuple[str, ...]:
    addresses: list[str] = []
    for index, text in enumerate(texts):
        address = str(TEXT.read(text, f"{path}[{index}]"))
        check_email_address(address, f"{path}[{index}]")
        addresses.append(address)
    return tuple(dict.fromkeys(addresses))


def _webhook(url: str, path: str) -> str:
    # Whether it may be http says another key, which the agreement sees.
    check_webhook_url(url, path, may_be_http=True)
    return url


def _folder(text: str, path: str) -> str:
    check_folder(text, path)
    return text


def _locale(text: str, path: str) -> str:
    if not _matches(_LOCALE_PATTERN, text):
        raise InvalidValueError(f"{path} is {shown(text)}; give a locale such as en, fr or pt_BR", field=path)
    return text


def _formats(words: list[object], path: str) -> tuple[Any, ...]:
    if not words:
        raise InvalidValueError(f"{path} is empty; give {_FORMAT_WORD.expected}", field=path)
    formats = [_FORMAT_WORD.read(word, f"{path}[{index}]") for index, word in enumerate(words)]
    return tuple(dict.fromkeys(formats))


def _time_of_day(text: str, path: str) -> time:
    if not _matches(_TIME_PATTERN, text):
        raise InvalidValueError(f"{path} is {shown(text)}; give a time of day such as '08:00'", field=path)
    return time.fromisoformat(text)


def _secret_variable(name: str, path: str) -> str:
    # Another variable could hold another secret, with which nothing shall be signed.
    if not _matches(_SECRET_PATTERN, name):
        raise InvalidValueError(
            f"{path} is {shown(name)}; give the name of a variable that begins with SLA_WEBHOOK_SECRET", field=path
        )
    return name


EMAIL_ADDRESSES: Final = SettingKind(
    (list,),
    "a list such as ['ana@example.com']",
    _addresses,
    {"type": "array", "items": {"type": "string", "pattern": "^[^@]+@[^@]+$"}},
)
WEBHOOK_URL: Final = SettingKind(
    (str,),
    "a URL such as 'https://example.com/hooks/sla'",
    _webhook,
    {"type": "string", "pattern": "^https?://", "maxLength": LONGEST_URL},
)
FOLDER_NAME: Final = SettingKind(
    (str,), "the name of a folder, such as 'customers/acme'", _folder, {"type": "string", "pattern": "^[^/.]"}
)
LOCALE: Final = SettingKind((str,), "a locale such as 'fr'", _locale, {"type": "string", "pattern": _LOCALE_PATTERN})
REPORT_FORMATS: Final = SettingKind(
    (list,), "a list such as ['pdf']", _formats, {"type": "array", "items": _FORMAT_WORD.rule, "minItems": 1}
)
TIME_OF_DAY: Final = SettingKind(
    (str,), "a time of day such as '08:00'", _time_of_day, {"type": "string", "pattern": _TIME_PATTERN}
)
SECRET_VARIABLE: Final = SettingKind(
    (str,),
    "the name of a variable such as 'SLA_WEBHOOK_SECRET_ACME'",
    _secret_variable,
    {"type": "string", "pattern": _SECRET_PATTERN},
)
