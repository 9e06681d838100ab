"""Which of the stand-ins a path belongs to, by the names that the control API uses."""

from __future__ import annotations

_PREFIXES = {
    "/loopring/": "loopring",
    "/blockscout/": "blockscout",
    "/api/v10/": "discord",
    "/ethereum/": "ethereum",
}
SERVICES = frozenset(_PREFIXES.values())


def service_of(path: str) -> str | None:
    """`loopring`, `blockscout`, `ethereum` or `discord` (its REST API); None for what belongs to the sandbox itself."""
    for prefix, service in _PREFIXES.items():
        if path.startswith(prefix):
            return service
    return None
