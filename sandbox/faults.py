"""Faults injected on purpose: which requests they apply to, and how many times.

A fault matches by service and by a piece of the path (with its query, so `offset=50` works), and by `method` if one is
given. It lets the first `after` matches through, then applies `times` times, or until it is cleared. Each fault counts
its own matches; of those due at the same request the oldest applies. What each kind does to a request is in
`fault_modes`.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.fault_modes import FAULT_MODES
from sandbox.services import SERVICES, service_of
from sandbox.traffic import FAULT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PIECES = re.compile(r"[/?&=]")
# Required options of each kind and their types; the fault mode itself reads the others.
REQUIRED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "slow": {"seconds": (int, float)},
    "drip": {"seconds": (int, float)},
    "status": {"status": int},
    "redirect": {"location": str},
    "error": {"code": int, "message": str},
}


@dataclass
class Fault:
    """One requested fault; `times` None means until it is cleared, `method` "" every method of HTTP.

    With an `account`, only requests about it: a piece of the path or a value of the query that is exactly this. A
    `name` is how a fault is removed, and of those with the same name only the newest stays.
    """

    service: str
    path: str
    kind: str
    times: int | None = None
    after: int = 0
    method: str = ""
    account: str = ""
    name: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    matched: int = 0
    applied: int = 0

    def count_match(self, service: str, method: str, path: str) -> bool:
        """Count a request if it matches, and return whether the fault is due for it."""
        if service != self.service or self.path not in path or self.method not in ("", method):
            return False
        if self.account and self.account.lower() not in _PIECES.split(path.lower()):
            return False
        self.matched += 1
        return self.matched > self.after and not self.is_used_up

    @property
    def is_used_up(self) -> bool:
        """Whether it will never apply again."""
        return self.times is not None and self.applied >= self.times

    def json(self) -> dict[str, Any]:
        """As requested, with the counts so far; `times` is how often it will still apply."""
        return {
            "service": self.service,
            "path": self.path,
            "kind": self.kind,
            "times": None if self.times is None else self.times - self.applied,
            "after": self.after,
            **{key: getattr(self, key) for key in ("method", "account", "name") if getattr(self, key)},
            **self.options,
            "matched": self.matched,
            "struck": self.applied,
        }


class Faults:
    """The faults that may still apply, oldest first, and the constant latency of each service in seconds."""

    def __init__(self) -> None:
        self.all: list[Fault] = []
        self.latency: dict[str, float] = {}

    def add(self, fields: Mapping[str, Any]) -> Fault:
        """A fault from the JSON of `POST /_sandbox/faults`.

        Raises:
            ValueError: with a sentence that says what is wrong.
        """
        options = dict(fields)
        service, kind = check_service(options.pop("service", None)), options.pop("kind", None)
        if kind not in FAULT_MODES:
            raise ValueError(f"kind must be one of {', '.join(sorted(FAULT_MODES))}")
        needed = REQUIRED.get(kind, {})
        if wrong := [name for name, kinds in needed.items() if not isinstance(options.get(name), kinds)]:
            raise ValueError(f"{kind} needs {' and '.join(wrong)}")
        times, after = options.pop("times", None), options.pop("after", 0)
        if not (times is None or _is_count(times)) or not _is_count(after):
            raise ValueError("times and after are whole numbers, times may be null")
        path, method, account, name = (str(options.pop(key, "")) for key in ("path", "method", "account", "name"))
        fault = Fault(service, path, kind, times, after, method.upper(), account, name, options)
        if name:
            self.remove(name)
        self.all.append(fault)
        return fault

    def set_latency(self, service: str, seconds: float) -> None:
        """Delay every response of a service by this much; 0 ends it.

        Raises:
            ValueError: no such service, or no such duration.
        """
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("seconds is a number, not below zero")
        self.latency[check_service(service)] = float(seconds)

    def remove(self, name: str) -> None:
        """Remove the fault of this name, if there is one."""
        self.all = [fault for fault in self.all if fault.name != name]

    def clear(self) -> None:
        """Everything works again, at full speed."""
        self.all.clear()
        self.latency.clear()

    def next_for(self, service: str, method: str, path: str) -> Fault | None:
        """The fault that applies to a request, if any; counts the request in all that match."""
        due = [fault for fault in self.all if fault.count_match(service, method, path)]
        if not due:
            return None
        due[0].applied += 1
        if due[0].is_used_up:
            self.all.remove(due[0])
        return due[0]


def check_service(service: object) -> str:
    """The name of a service.

    Raises:
        ValueError: there is no such service.
    """
    if not isinstance(service, str) or service not in SERVICES:
        raise ValueError(f"service must be one of {', '.join(sorted(SERVICES))}")
    return service


def inject_faults(faults: Faults) -> Any:
    """The middleware that injects `faults`; inside the recording one, which sees the outcome."""

    @web.middleware
    async def inject(request: web.Request, handler: Handler) -> web.StreamResponse:
        service = service_of(request.path)
        if service is None:
            return await handler(request)
        if seconds := faults.latency.get(service):
            await asyncio.sleep(seconds)
        fault = faults.next_for(service, request.method, request.path_qs) if faults.all else None
        if fault is None:
            return await handler(request)
        if fault.kind != "slow":  # late, but right
            request[FAULT] = fault.kind
        return await FAULT_MODES[fault.kind](request, handler, fault.options)

    return inject


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
