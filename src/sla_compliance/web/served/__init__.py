"""The small complete app: router, dashboard page, tokens, probes, metrics and logs over one database."""

from sla_compliance.errors import requires_extra

with requires_extra("serve", __name__):
    import cashews
    import fastapi
    import jwt
    import prometheus_client
    import redis
    import sqlalchemy
    import uvicorn

__all__ = ["cashews", "fastapi", "jwt", "prometheus_client", "redis", "sqlalchemy", "uvicorn"]
