"""TLS before a server on this machine, as a proxy gives it; with a certificate of nobody's.

Cookies with `Secure` and `__Host-` need https and names of their own: browsers take them on loopback addresses, but no
loopback address has a sibling.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS
from Crypto.Util.asn1 import DerBitString, DerInteger, DerObject, DerObjectId, DerOctetString, DerSequence, DerSetOf

_SHA256_WITH_ECDSA = DerSequence([DerObjectId("1.2.840.10045.4.3.2")])
_COMMON_NAME, _ALTERNATIVE_NAME = "2.5.4.3", "2.5.29.17"
_UTF8, _SEQUENCE, _IA5, _UTC_TIME = 0x0C, 0x10, 0x16, 0x17
_V3, _DNS_NAME = 2, 2
_VALIDITY = (b"200101000000Z", b"491231235959Z")
_CHUNK = 65536


def tls_for(host: str, folder: Path) -> ssl.SSLContext:
    """What a server needs to speak https under a name: a new key, and a certificate that it signs itself."""
    key = ECC.generate(curve="P-256")
    common_name = DerSequence([DerObjectId(_COMMON_NAME), DerObject(_UTF8, host.encode())])
    name = DerSequence([DerSetOf({common_name.encode()})])
    names = DerSequence([DerObject(_IA5, host.encode(), implicit=_DNS_NAME)])
    extension = DerSequence([DerObjectId(_ALTERNATIVE_NAME), DerOctetString(names.encode())])
    content = DerSequence(
        [
            DerInteger(_V3, explicit=0),
            1,
            _SHA256_WITH_ECDSA,
            name,
            DerSequence([DerObject(_UTC_TIME, time) for time in _VALIDITY]),
            name,
            DerObject().decode(key.public_key().export_key(format="DER")),
            DerObject(_SEQUENCE, extension.encode(), constructed=True, explicit=3),
        ]
    )
    signature = DSS.new(key, "fips-186-3", encoding="der").sign(SHA256.new(content.encode()))
    certificate = DerSequence([content, _SHA256_WITH_ECDSA, DerBitString(signature)]).encode()
    file = folder / f"{host}.pem"
    file.write_text(f"{key.export_key(format='PEM')}\n{ssl.DER_cert_to_PEM_cert(certificate)}", encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@asynccontextmanager
async def serving_https(host: str, folder: Path, port: int) -> AsyncIterator[int]:
    """Serve a server of this machine by https under a name; the port where that is."""

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))

    server = await asyncio.start_server(forward, "127.0.0.1", 0, ssl=tls_for(host, folder))
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while content := await reader.read(_CHUNK):
            writer.write(content)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()
