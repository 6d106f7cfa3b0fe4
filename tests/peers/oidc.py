"""An issuer of identities that speaks OpenID Connect as ProConnect does: its userinfo is a signed JWT.

A process of its own: ``python -m tests.peers.oidc``, or ``with issuer() as peer`` from a test. What it says
next is told to it by ``POST /_say`` with JSON: ``person`` (claims of the userinfo), ``acr``, and ``fault``,
one of the words of ``FAULTS``.
"""

import json
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "collecto", "only between the two of us"
FAULTS = (
    "signature",
    "nonce",
    "expired",
    "audience",
    "issuer",
    "userinfo",
    "somebody_else",
    "plain_userinfo",
)
PERSON = {"sub": "42-agent", "email": "monique@example.org", "email_verified": True, "given_name": "Monique"}


class Issuer:
    """Keys, codes that were given, and what is said next."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person, self.fault, self.acr = dict(PERSON), "", "eidas1"
        self.codes: dict[str, dict[str, str]] = {}
        self.left: list[dict[str, str]] = []

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def discovery(self) -> dict[str, Any]:
        ends = {
            "authorization": "authorize",
            "token": "token",
            "userinfo": "userinfo",
            "end_session": "leave",
        }
        return {
            "issuer": self.address,
            "jwks_uri": f"{self.address}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **{f"{name}_endpoint": f"{self.address}/{path}" for name, path in ends.items()},
        }

    def signed(self, claims: dict[str, Any], *, fault: str) -> str:
        now = int(time.time())
        told = {
            "iss": "https://elsewhere.example" if self.fault == "issuer" else self.address,
            "aud": "somebody else" if self.fault == "audience" else CLIENT,
            "iat": now,
            "exp": now - 3600 if self.fault == "expired" else now + 300,
            **claims,
        }
        key = self.other_key if self.fault == fault else self.key
        return jwt.encode(told, key, algorithm="RS256", headers={"kid": "one"})

    def authorized(self, asked: dict[str, str]) -> str:
        code = token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchanged(self, sent: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = sha256(sent.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).decode().rstrip("=") != asked.get("code_challenge"):
            return None
        nonce = "another" if self.fault == "nonce" else asked.get("nonce", "")
        identity = {"sub": self.person["sub"], "nonce": nonce, "acr": self.acr}
        token = self.signed(identity, fault="signature")
        return {"access_token": "opens-userinfo", "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def userinfo(self) -> str:
        told = {**self.person, **({"sub": "somebody else"} if self.fault == "somebody_else" else {})}
        return json.dumps(told) if self.fault == "plain_userinfo" else self.signed(told, fault="userinfo")


class Handler(BaseHTTPRequestHandler):
    """The addresses of the issuer."""

    issuer: Issuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self._answer(302, "", Location=self.issuer.authorized(asked))
        elif parts.path == "/leave":
            self.issuer.left.append(asked)
            self._answer(302, "", Location=asked["post_logout_redirect_uri"])
        elif parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer opens-userinfo":
            self._answer(200, self.issuer.userinfo(), "application/jwt")
        elif parts.path in ("/.well-known/openid-configuration", "/jwks", "/_left"):
            known = {"/jwks": self.issuer.keys, "/_left": lambda: self.issuer.left}
            self._answer(200, json.dumps(known.get(parts.path, self.issuer.discovery)()))
        else:
            self._answer(404, "{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path == "/_say":
            vars(self.issuer).update(json.loads(body))
            self._answer(200, "{}")
            return
        given = self.issuer.exchanged({name: values[0] for name, values in parse_qs(body).items()})
        self._answer(200 if given else 400, json.dumps(given or {"error": "invalid_grant"}))

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self, status: int, text: str, kind: str = "application/json", **headers: str) -> None:
        raw = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)


class Peer:
    """The issuer seen from a test."""

    def __init__(self, address: str) -> None:
        self.address = address

    def say(self, **told: Any) -> None:
        """Choose what is said of whoever comes next."""
        fresh = {"person": PERSON, "fault": "", "acr": "eidas1", **told}
        urlopen(Request(f"{self.address}/_say", json.dumps(fresh).encode())).close()

    def left(self) -> list[dict[str, str]]:
        """Return what those who left sent along."""
        with urlopen(f"{self.address}/_left") as answer:
            told: list[dict[str, str]] = json.loads(answer.read())
        return told


@contextmanager
def issuer() -> Iterator[Peer]:
    """Run an issuer in a process of its own, on a free port."""
    command = [sys.executable, "-m", "tests.peers.oidc"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Peer(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.issuer = Issuer(server.server_port)
    sys.stdout.write(f"{Handler.issuer.address}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
