"""Class Gate: what is asked before this process connects to Discord's gateway."""

from __future__ import annotations


class Gate:
    """Asked before each connection to the gateway, and before each IDENTIFY; this one lets everything pass."""

    async def before_connection(self, *, can_resume: bool) -> None:
        """A connection is about to be opened; what is raised here ends `Bot.connect()`."""

    async def before_identify(self) -> None:
        """A session is about to be started on an open connection; what is raised here ends `Bot.connect()`."""
