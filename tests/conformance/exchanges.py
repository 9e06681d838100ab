"""Exchanges to check: requests and answers with only what matters to a case."""

from __future__ import annotations

from typing import Any

CALLBACK = "/interactions/1/token/callback"
ORIGINAL = "/webhooks/900/token/messages/@original"
MESSAGES = "/channels/5/messages"
COMMANDS = "/applications/900/commands"
MEMBER = "/guilds/7/members/8"
LONG_CHOICE = {"type": 8, "data": {"choices": [{"name": "x" * 101, "value": "1"}]}}
V2 = 1 << 15


def request(method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    """An exchange of which only the request matters."""
    return {"method": method, "path": path, "request": body, **more}


def answer(method: str, path: str, status: int, body: Any = None) -> dict[str, Any]:
    """An exchange of which only the answer matters."""
    return {"method": method, "path": path, "status": status, "response": body}


def embed(**more: Any) -> dict[str, Any]:
    """A message to send with one embed."""
    return {"embeds": [{"description": "x", **more}]}


def button(**more: Any) -> dict[str, Any]:
    """A plain button."""
    return {"type": 2, "style": 1, "label": "Next", "custom_id": "next", **more}


def rows(*components: dict[str, Any]) -> dict[str, Any]:
    """A message to send with one row for each component."""
    return {"content": "x", "components": [{"type": 1, "components": [each]} for each in components]}


def slash(**more: Any) -> dict[str, Any]:
    """A slash command."""
    return {"name": "collections", "description": "What an account holds", **more}


def option(**more: Any) -> dict[str, Any]:
    """A text option of a command."""
    return {"type": 3, "name": "account", "description": "Whose", **more}


def user(**more: Any) -> dict[str, Any]:
    """A user."""
    return {
        "id": "8",
        "username": "ada",
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": "Ada",
        "primary_guild": None,
        **more,
    }


def message(**more: Any) -> dict[str, Any]:
    """A message of a bot."""
    return {
        "type": 0,
        "content": "x",
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [{"type": "rich", "title": "x"}],
        "timestamp": "2026-11-22T08:00:00.000000+00:00",
        "edited_timestamp": None,
        "flags": 0,
        "components": [],
        "id": "6",
        "channel_id": "5",
        "author": user(bot=True),
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
        **more,
    }


def application(**more: Any) -> dict[str, Any]:
    """An application, as its own bot sees it."""
    return {
        "id": "900",
        "name": "Tessera",
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "00",
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        **more,
    }


def error(code: int | str, sentence: str, **more: Any) -> dict[str, Any]:
    """A refusal."""
    return {"code": code, "message": sentence, **more}
