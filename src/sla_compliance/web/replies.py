"""Replies: a body with what caches may do with it, and a 304 where the client has it already."""
################################################################
# An answer is one tenant's: no shared cache may keep it, and the client's own asks
# again each time, which costs a 304 while nothing has changed. Sample data is kept
# nowhere and says what it is.
################################################################

from __future__ import annotations

import json
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from fastapi import Request, Response

OURS_ALONE: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-Tenant-ID, Cookie"}
SAMPLE: Final = {"Cache-Control": "no-store", "X-SLA-Sample-Data": "true"}
JSON: Final = "application/json"


def reply(request: Request, body: object, *, is_sample: bool) -> Response:
    """Return a body as JSON, or 304 where the client's copy is current."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    if is_sample:
        return Response(text, headers=SAMPLE, media_type=JSON)
    headers = {**OURS_ALONE, "ETag": f'"{sha256(text).hexdigest()[:32]}"'}
    if _has(request.headers.getlist("if-none-match"), headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(text, headers=headers, media_type=JSON)


def _has(held: list[str], tag: str) -> bool:
    """Return whether a tag is among those of If-None-Match, weak ones too, as RFC 9110 says."""
    tags = {each.strip().removeprefix("W/") for header in held for each in header.split(",")}
    return bool(tags & {tag, "*"})
