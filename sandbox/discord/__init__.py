"""A stand-in for Discord: the gateway, the REST API, and the client of each person, over real sockets.

`Discord` (in `server`) builds the parts and is all that the rest of the sandbox needs. Where to look:

* the bot's side: `gateway` (sessions) with `connection` (one websocket), `opcodes`, `identify`, `session`, `streams`,
  `ready`, `member_requests`, `extra_guilds`; `rest` (what every route shares) with `rest_application`,
  `rest_channels`, `rest_guilds`, `rest_members`, `rest_interactions`, `rest_oauth`; `ratelimits`
* the people's side: `client_api` (reading), `client_actions` (typing commands, pressing buttons) with `options`,
  `menus`, `modal_answers`; `client_oauth` (answering the authorization page); `events`
* between the two sides: `interactions` (deadlines, tokens), `callbacks`, `messages` with `composing`, `commands`,
  `dms`, `oauth` with `authorization`
* what happens to servers: `departures` (people and bots leave and join), `guild_changes` (roles, outages), `role_edits`
  (who has which role), `audit_log`
* what Discord refuses: `form`, `embed_limits`, `component_limits`, `message_limits`, `modal_limits`, `command_limits`,
  and `refusals` where a test wants more refused
* values: `wire` (the world as Discord's JSON), `payloads`, `answers`, `permissions`, `snowflakes`, `attachments`
"""

from sandbox.discord.server import Discord

__all__ = ["Discord"]
