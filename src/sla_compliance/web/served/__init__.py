"""The small complete app: router, dashboard page, tokens, probes, metrics and logs over one database."""

from sla_compliance.errors import MissingExtraError

try:
    import fastapi
    import jwt
    import prometheus_client
    import sqlalchemy
    import uvicorn
except ModuleNotFoundError as error:
    if error.name not in ("fastapi", "jwt", "prometheus_client", "sqlalchemy", "uvicorn"):
        raise
    raise MissingExtraError(__name__, extra="serve") from error

__all__ = ["fastapi", "jwt", "prometheus_client", "sqlalchemy", "uvicorn"]
