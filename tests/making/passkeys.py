"""A passkey in software: it makes keys and signs as an authenticator does, for pages without a browser."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT_AND_VERIFIED = 0x05
WITH_CREDENTIAL = 0x40
VERIFIED = 0x04


def options_in(page: str) -> dict[str, Any]:
    """Return what a page tells the browser about passkeys."""
    told: dict[str, Any] = json.loads(unescape(page.partition('data-options="')[2].partition('"')[0]))
    return told


@dataclass
class Passkey:
    """One key of one person for one host; ``verifies`` is whether the device asks who touches it."""

    origin: str
    verifies: bool = True
    id: bytes = field(default_factory=lambda: token_bytes(16))
    user: str = ""

    def __post_init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())

    @property
    def host(self) -> str:
        """Host that the key belongs to."""
        return self.origin.partition("://")[2].partition(":")[0]

    def made(self, options: dict[str, Any]) -> str:
        """Return what a browser answers once the key is made."""
        self.user = options["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self._private.public_key())))
        kept = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        data = self._data(WITH_CREDENTIAL) + kept
        attested = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"clientDataJSON": _text(self._client("webauthn.create", options)), "transports": ["internal"]}
        return self._answer({**said, "attestationObject": _text(attested)}, {"credProps": {"rk": True}})

    def used(self, options: dict[str, Any]) -> str:
        """Return what a browser answers once the key is touched."""
        client, data = self._client("webauthn.get", options), self._data()
        signature = self._private.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {
            "clientDataJSON": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(signature),
        }
        return self._answer({**said, "userHandle": self.user}, {})

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int = 0) -> bytes:
        seen = PRESENT_AND_VERIFIED if self.verifies else PRESENT_AND_VERIFIED & ~VERIFIED
        return sha256(self.host.encode()).digest() + bytes([seen | flags]) + bytes(4)

    def _answer(self, response: dict[str, Any], results: dict[str, Any]) -> str:
        own = _text(self.id)
        return json.dumps(
            {
                "id": own,
                "rawId": own,
                "type": "public-key",
                "authenticatorAttachment": "platform",
                "clientExtensionResults": results,
                "response": response,
            }
        )


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
