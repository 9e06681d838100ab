"""What discord.py's own builders produce passes, so a finding is about the bot and not about its library."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands
from discord.http import MultipartParameters, handle_message_parameters
from discord.webhook.async_ import interaction_message_response_params

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.openapi import DiscordSpec


def full_embed() -> discord.Embed:
    """An embed that uses everything an embed has."""
    embed = discord.Embed(
        title="Cats",
        description="9 kinds",
        url="https://example.org/cats",
        colour=discord.Colour.blurple(),
        timestamp=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
    )
    embed.set_author(name="Ada", icon_url="https://example.org/a.png")
    embed.set_thumbnail(url="https://example.org/t.png")
    embed.set_image(url="attachment://cats.png")
    embed.set_footer(text="page 1 of 2")
    embed.add_field(name="Kinds", value="9", inline=True)
    return embed


def pages() -> discord.ui.View:
    """A view with buttons, a link and a select."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Next", emoji="➡️", custom_id="next", row=0))
    view.add_item(discord.ui.Button(label="Open", url="https://example.org", row=0))
    view.add_item(discord.ui.Select(custom_id="pick", options=[discord.SelectOption(label="A", value="1")], row=1))
    view.add_item(discord.ui.RoleSelect(custom_id="role", row=2))
    return view


def layout() -> discord.ui.LayoutView:
    """A view in the second layout."""
    view = discord.ui.LayoutView(timeout=None)
    gallery: discord.ui.MediaGallery[Any] = discord.ui.MediaGallery(
        discord.MediaGalleryItem("https://example.org/1.png", description="a cat")
    )
    section: discord.ui.Section[Any] = discord.ui.Section(
        "Cats", accessory=discord.ui.Thumbnail("https://example.org/t.png")
    )
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow(discord.ui.Button(label="Next", custom_id="next"))
    view.add_item(discord.ui.Container(section, gallery, discord.ui.Separator(), row, accent_colour=0x5865F2))
    return view


def modal() -> discord.ui.Modal:
    """A modal with a labelled text input and a select."""
    form = discord.ui.Modal(title="Link an account", custom_id="link")
    form.add_item(
        discord.ui.Label(text="Account", description="Its number", component=discord.ui.TextInput(custom_id="account"))
    )
    form.add_item(
        discord.ui.Label(
            text="Source",
            component=discord.ui.Select(
                custom_id="source", options=[discord.SelectOption(label="Loopring", value="loopring")]
            ),
        )
    )
    return form


def payload(parameters: MultipartParameters) -> Any:
    """The JSON of a message, plain or beside its files."""
    if parameters.payload is not None:
        return parameters.payload
    assert parameters.multipart is not None
    return json.loads(parameters.multipart[0]["value"])


def picture() -> discord.File:
    """A file to attach."""
    return discord.File(io.BytesIO(b"x"), "cats.png", description="a cat")


def answer(**message: Any) -> Any:
    """The first answer to an interaction."""
    return payload(interaction_message_response_params(type=4, **message))


def edit(**message: Any) -> Any:
    """An edit of that answer."""
    return payload(handle_message_parameters(**message))


CALLBACK = ("POST", "/interactions/1/token/callback")
ORIGINAL = ("PATCH", "/webhooks/900/token/messages/@original")
FOLLOWUP = ("POST", "/webhooks/900/token")
SEND = ("POST", "/channels/5/messages")


@pytest.mark.parametrize(
    ("operation", "build"),
    [
        pytest.param(CALLBACK, lambda: answer(embed=full_embed(), file=picture(), view=pages()), id="answer"),
        pytest.param(CALLBACK, lambda: answer(content="x", flags=discord.MessageFlags(ephemeral=True)), id="ephemeral"),
        pytest.param(CALLBACK, lambda: answer(view=layout()), id="answer in the second layout"),
        pytest.param(CALLBACK, lambda: {"type": 9, "data": modal().to_dict()}, id="modal"),
        pytest.param(
            CALLBACK,
            lambda: {"type": 8, "data": {"choices": [app_commands.Choice(name="Cats", value="254").to_dict()]}},
            id="autocomplete with text",
        ),
        pytest.param(
            CALLBACK,
            lambda: {"type": 8, "data": {"choices": [app_commands.Choice(name="Cats", value=254).to_dict()]}},
            id="autocomplete with numbers",
        ),
        pytest.param(
            ORIGINAL, lambda: edit(embed=full_embed(), attachments=[picture()], view=pages()), id="edit with a file"
        ),
        pytest.param(ORIGINAL, lambda: edit(content=None, embed=None, view=None), id="edit that clears"),
        pytest.param(
            FOLLOWUP,
            lambda: edit(content="x", allowed_mentions=discord.AllowedMentions.none()),
            id="followup that mentions nobody",
        ),
        pytest.param(
            SEND,
            lambda: edit(
                content="x",
                nonce="1",
                allowed_mentions=discord.AllowedMentions(users=[discord.Object(8)], roles=False, everyone=False),
                flags=discord.MessageFlags(suppress_notifications=True),
            ),
            id="send",
        ),
    ],
)  # fmt: skip
async def test_a_message_as_discord_py_builds_it_passes(
    discord_spec: DiscordSpec, operation: tuple[str, str], build: Callable[[], Any]
) -> None:
    method, path = operation
    assert discord_spec.check_request({"method": method, "path": path, "request": build()}) == []


@app_commands.command(nsfw=False)
@app_commands.describe(account="Whose", source="Where from", amount="At least")
@app_commands.choices(source=[app_commands.Choice(name="Loopring", value="loopring")])
@app_commands.default_permissions(manage_roles=True)
@app_commands.guild_only()
async def collections(
    interaction: discord.Interaction,
    account: str,
    source: str | None,
    amount: app_commands.Range[int, 1, 100] = 1,
    member: discord.Member | None = None,
) -> None:
    del interaction, account, source, amount, member


@app_commands.context_menu(name="Show holdings")
async def holdings(interaction: discord.Interaction, member: discord.Member) -> None:
    """What a member holds."""
    del interaction, member


def test_commands_as_discord_py_builds_them_pass(discord_spec: DiscordSpec) -> None:
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    tree.add_command(collections)
    tree.add_command(holdings)
    group = app_commands.Group(name="gate", description="Roles for holders")
    group.command(name="add", description="Give a role to holders")(collections.callback)
    tree.add_command(group)
    body = [command.to_dict(tree) for command in tree.get_commands()]
    problems = discord_spec.check_request({"method": "PUT", "path": "/applications/900/commands", "request": body})
    assert problems == []
    assert {command["name"] for command in body} == {"collections", "gate", "Show holdings"}


def test_roles_as_discord_py_sends_them_pass(discord_spec: DiscordSpec) -> None:
    body = {"roles": tuple(role.id for role in (discord.Object(1), discord.Object(2)))}
    sent = json.loads(json.dumps(body))
    exchange = {"method": "PATCH", "path": "/guilds/7/members/8", "request": sent}
    assert discord_spec.check_request(exchange) == []
