"""KeySetFile: the public keys of an identity provider, from a JWKS file (RFC 7517) that may change."""
################################################################
# A key has one algorithm, by its type: an RSA key RS256, a key on the curve P-256 ES256.
# A token says which algorithm it was signed with; it never chooses how a key is used.
# Keys for other purposes are left out: providers publish those for encryption in the same
# file. A secret or a private key in the file is an error: the file is meant to be public.
#
# The file is looked at for each token and read again when it has changed, so a key that
# is removed opens nothing from then on. A file that is missing or broken while the server
# runs leaves the keys as they were, and one line of the log says so.
################################################################

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sla_compliance.errors import InvalidFileError, requires_extra, shown

with requires_extra("serve", __name__):
    import jwt
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

RS256: Final = "RS256"
ES256: Final = "ES256"
MOST_KEY_SET_BYTES: Final = 1024 * 1024
SHORTEST_RSA_BITS: Final = 2048
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Parameters of secret and private keys."""

_log = logging.getLogger(__name__)

_Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies tokens.

    Attributes:
        algorithm: RS256 or ES256; the key verifies no other.
        key_id: as tokens name it; None: it has no name.
        key: as PyJWT takes it.
    """

    algorithm: str
    key_id: str | None
    key: Any


class KeySetFile:
    """The keys of a JWKS file, as it is at present."""

    def __init__(self, path: str) -> None:
        """Read the file.

        Raises:
            OSError: it cannot be read.
            InvalidFileError: it is no key set, has a secret or private key, or none that verifies tokens.
        """
        self._path = Path(path)
        self._version = self._present_version()
        self._keys = read_keys(self._path)

    def key(self, algorithm: str, key_id: str | None) -> Any | None:  # noqa: ANN401 - as PyJWT takes keys
        """Return the key that a token's header names; None where there is none.

        Args:
            key_id: None: the header names no key; then the only one of its algorithm is meant.
        """
        self._read_again_if_changed()
        keys = [key for key in self._keys if key.algorithm == algorithm]
        if key_id is not None:
            keys = [key for key in keys if key.key_id == key_id]
        return keys[0].key if len(keys) == 1 else None

    def _read_again_if_changed(self) -> None:
        try:
            version = self._present_version()
        except OSError:
            version = None
        if version == self._version:
            return
        self._version = version  # first: a broken file is reported once, not for each token
        try:
            self._keys = read_keys(self._path)
        except (OSError, InvalidFileError) as error:
            _log.error("the key set is not read again, the keys before hold: %s", error)
        else:
            _log.warning("the key set has changed: %d keys", len(self._keys))

    def _present_version(self) -> _Version | None:
        """Return what differs between two versions of the file."""
        status = self._path.stat()
        return status.st_mtime_ns, status.st_size, status.st_ino


def read_keys(path: Path) -> tuple[PublicKey, ...]:
    """Return the keys of a JWKS file that verify tokens.

    Raises:
        OSError: it cannot be read.
        InvalidFileError: as `KeySetFile`; the message shows no key.
    """
    name = str(path)
    with path.open("rb") as file:
        content = file.read(MOST_KEY_SET_BYTES + 1)
    if len(content) > MOST_KEY_SET_BYTES:
        raise InvalidFileError(f"{shown(name)} is longer than {MOST_KEY_SET_BYTES:,} bytes; give a key set", path=name)
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise InvalidFileError(f"{shown(name)} is no JSON; give a key set, RFC 7517", path=name) from None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise InvalidFileError(f"{shown(name)} has no list of keys; give a key set, RFC 7517", path=name)
    keys: list[PublicKey] = []
    for number, entry in enumerate(entries):
        key = _public_key(entry, f"{shown(name)}: keys[{number}]", name)
        if key is not None:
            keys.append(key)
    if not keys:
        fault = f"{shown(name)} has no key for {RS256} or {ES256}; give the provider's public keys for signatures"
        raise InvalidFileError(fault, path=name)
    _check_distinct(keys, name)
    return tuple(keys)


def _public_key(entry: object, place: str, path: str) -> PublicKey | None:
    """Return the key of an entry; None where it is for another purpose.

    Raises:
        InvalidFileError: it is secret, private, too short or no key.
    """
    if not isinstance(entry, dict):
        raise InvalidFileError(f"{place} is no object; give a key set, RFC 7517", path=path)
    if _PRIVATE & entry.keys() or entry.get("kty") == "oct":
        raise InvalidFileError(f"{place} is a secret or private key; give public keys alone", path=path)
    algorithm = _algorithm(entry)
    if algorithm is None:
        return None
    key_id = entry.get("kid")
    if key_id is not None and not isinstance(key_id, str):
        raise InvalidFileError(f"{place}.kid is no text; give the key's name", path=path)
    try:
        key = jwt.PyJWK(entry, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        raise InvalidFileError(f"{place} is no {entry['kty']} key; give it as the provider has it", path=path) from None
    if isinstance(key, RSAPublicKey) and key.key_size < SHORTEST_RSA_BITS:
        fault = f"{place} has {key.key_size} bits; give an RSA key of {SHORTEST_RSA_BITS} or more"
        raise InvalidFileError(fault, path=path)
    return PublicKey(algorithm, key_id, key)


def _algorithm(entry: Mapping[str, Any]) -> str | None:
    """Return the algorithm of a key by its type; None where it is for another purpose."""
    by_type = {("RSA", None): RS256, ("EC", "P-256"): ES256}
    kind, curve = entry.get("kty"), entry.get("crv")
    algorithm = by_type.get((kind, curve)) if isinstance(kind, str) and isinstance(curve, str | None) else None
    is_for_signatures = entry.get("use", "sig") == "sig" and entry.get("alg", algorithm) == algorithm
    return algorithm if is_for_signatures else None


def _check_distinct(keys: list[PublicKey], path: str) -> None:
    """Check that no two keys of one algorithm have one name.

    Raises:
        InvalidFileError: two do.
    """
    names = [(key.algorithm, key.key_id) for key in keys]
    for algorithm, key_id in names:
        if names.count((algorithm, key_id)) > 1:
            called = "no kid" if key_id is None else f"the kid {shown(key_id)}"
            raise InvalidFileError(f"{shown(path)} has several keys for {algorithm} with {called}", path=path)
