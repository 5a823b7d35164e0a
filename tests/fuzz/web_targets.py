"""Targets whose input comes with a request: query parameters and bearer tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from sla_compliance.agreements import TenantSettings
from sla_compliance.server.auth import Identity, Tokens
from sla_compliance.service import Subject
from sla_compliance.units import instant_us
from sla_compliance.web.period_queries import (
    AttributionParameters,
    BudgetParameters,
    IncidentCostsParameters,
    ReliabilityParameters,
    TrendParameters,
)
from sla_compliance.web.queries import (
    MAX_DAYS,
    ComplianceParameters,
    IncidentsParameters,
    QueryParameters,
    ResourcesParameters,
    RollupStatsParameters,
)
from sla_compliance.web.report_queries import ReportParameters
from sla_compliance.web.statements import StatementsParameters
from sla_compliance.web.tenants import ListParameters, OverviewParameters
from tests.fuzz.byte_reader import ByteReader
from tests.fuzz.target import Target, documented_errors_only, text_of
from tests.fuzz.text_targets import START, ZONES

MODELS: Final[tuple[type[BaseModel], ...]] = (
    *(ComplianceParameters, ResourcesParameters, RollupStatsParameters, IncidentsParameters, ReportParameters),
    *(BudgetParameters, TrendParameters, AttributionParameters, IncidentCostsParameters, ReliabilityParameters),
    *(StatementsParameters, ListParameters, OverviewParameters),
)
SECRET: Final = "a secret of the fuzzing targets, 32 bytes or more"  # noqa: S105 - opens nothing
TOKENS: Final = Tokens(SECRET)


def check_query_parameters(data: bytes) -> None:
    """A query string is refused by the model or the core, or names whole days of the tenant, not too many."""
    reader = ByteReader(data)
    model, zone = reader.choice(MODELS), reader.choice(ZONES)
    pairs = parse_qsl(text_of(reader.remaining()), keep_blank_values=True)
    try:
        parameters = model.model_validate(dict(pairs))
    except ValidationError:
        return  # a 422
    if not isinstance(parameters, QueryParameters):
        return
    subject = Subject("acme", TenantSettings(zone), instant_us(START, field="as_of"))
    with documented_errors_only():
        query = parameters.query(subject)
        assert timedelta(0) <= query.end - query.start <= timedelta(days=MAX_DAYS + 1)
    if isinstance(parameters, IncidentsParameters):
        with documented_errors_only():
            assert parameters.page_bounds.limit
    with documented_errors_only():
        parameters.check_declared()


def check_token(data: bytes) -> None:
    """The bytes as a token, as signed claims, and as a header before signed claims."""
    header = b'{"alg":"HS256","typ":"JWT"}'
    claims = b'{"aud":"sla-compliance","exp":9999999999,"tenants":["acme"],"permissions":["faults.sla.read"]}'
    for token in (text_of(data), _signed(header, data), _signed(data, claims)):
        with documented_errors_only():
            identity = TOKENS.read(token)
            assert isinstance(identity, Identity)
            assert identity.is_operator or all(isinstance(tenant, str) and tenant for tenant in identity.tenants)


def _signed(header: bytes, claims: bytes) -> str:
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, claims))
    signature = hmac.digest(SECRET.encode(), text, hashlib.sha256)
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


_WORDS_OF_QUERIES: Final = """
    from_date= to_date= days= target_percentage= limit= offset= date= period= & %00 2025-10-26 0001-01-01 9999-12-31
    2011-12-30 %ED%A0%80 %2B14:00 T00:00:00Z 1e999 exclude_maintenance= detail=full against=year count= by=
"""
_WORDS_OF_TOKENS: Final = """
    "exp": "nbf": "iat": "aud": "iss": "sub": "crit": "b64":false "zip":"DEF" "alg": "HS256" "none" "tenants": NaN
    Infinity -1e400 1e400 [[[[[[[[[[[[[[[[ \\ud800 null
"""

TARGETS: Final = (
    Target(
        name="query_parameters",
        check=check_query_parameters,
        seeds=(
            b"\0\0from_date=2025-10-01&to_date=2025-10-31&target_percentage=99.9",
            b"\1\1days=30&limit=100&offset=0",
            b"\3\2date=2025-10-26&limit=1000&alarm_limit=1000",
            b"\5\3period=month&exclude_maintenance=no",
            b"\0\3from_date=2011-12-30T00:00:00Z&detail=full",
        ),
        words=tuple(_WORDS_OF_QUERIES.split()),
        longest_bytes=300,
    ),
    Target(
        name="tokens",
        check=check_token,
        seeds=(
            b'{"aud":"sla-compliance","exp":9999999999,"tenants":["acme"],"permissions":["faults.sla.read"]}',
            b'{"aud":["sla-compliance"],"exp":9999999999.5,"nbf":0,"iat":1,"tenants":"*","permissions":[]}',
            b'{"alg":"none"}',
            b'{"alg":"RS256","kid":"x"}',
            b"a.b.c",
        ),
        words=tuple(_WORDS_OF_TOKENS.split()),
        longest_bytes=1_000,
    ),
)
