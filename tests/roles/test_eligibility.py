"""Which roles a gate may give, who may say so, and that a refusal says how to fix it."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.gates.gate import ParkReason
from bot.roles.eligibility import GuildRoles, ProblemCode, RoleFacts, problem_of, refusal_to_gate
from bot.roles.powers import CONFIRMABLE, FORBIDDEN

GUILD, OWNER, CALLER = 7, 70, 71
MEMBERS, COLLECTOR, MODERATOR, BOT, ADMIN, TWIN = 10, 11, 12, 13, 14, 15
MANAGES = frozenset({"manage_roles"})
# Neither can be used to harm a server by a stranger who has it there.
HARMLESS = {
    "add_reactions", "attach_files", "change_nickname", "connect", "create_instant_invite",
    "create_private_threads", "create_public_threads", "embed_links", "external_emojis", "external_stickers",
    "priority_speaker", "read_message_history", "read_messages", "request_to_speak", "send_messages",
    "send_messages_in_threads", "send_polls", "send_tts_messages", "send_voice_messages", "set_voice_channel_status",
    "speak", "stream", "use_application_commands", "use_embedded_activities", "use_external_apps",
    "use_external_sounds", "use_soundboard", "use_voice_activation",
}  # fmt: skip


def server(*changed: RoleFacts, own_powers: frozenset[str] = MANAGES) -> GuildRoles:
    """@everyone, then from below: Members, Collector, Moderator, the bot's role, Admin."""
    roles = [
        RoleFacts(GUILD, "@everyone", 0),
        RoleFacts(MEMBERS, "Members", 1),
        RoleFacts(COLLECTOR, "Collector", 2),
        RoleFacts(MODERATOR, "Moderator", 3, frozenset({"kick_members", "manage_messages"})),
        RoleFacts(BOT, "Tessera", 4, is_managed=True),
        RoleFacts(ADMIN, "Admin", 5, frozenset({"administrator"})),
        *changed,
    ]
    return GuildRoles(
        GUILD, "Harbour", OWNER, {role.role_id: role for role in roles}, frozenset({GUILD, BOT}), own_powers
    )


def collector(**values: object) -> RoleFacts:
    return replace(RoleFacts(COLLECTOR, "Collector", 2), **values)  # type: ignore[arg-type]  # names of fields


@pytest.mark.parametrize(
    ("role_id", "guild", "code", "park"),
    [
        pytest.param(99, server(), ProblemCode.GONE, ParkReason.ROLE_GONE, id="gone"),
        pytest.param(GUILD, server(), ProblemCode.EVERYONE, ParkReason.ROLE_MANAGED, id="everyone"),
        pytest.param(BOT, server(), ProblemCode.MANAGED, ParkReason.ROLE_MANAGED, id="managed"),
        pytest.param(ADMIN, server(), ProblemCode.ABOVE_BOT, ParkReason.ROLE_ABOVE_US, id="above the bot"),
        pytest.param(
            TWIN, server(RoleFacts(TWIN, "Twin", 4)), None, None, id="beside the bot, and newer: so it is below"
        ),
        pytest.param(
            9,
            server(RoleFacts(9, "Elder", 4)),
            ProblemCode.ABOVE_BOT,
            ParkReason.ROLE_ABOVE_US,
            id="beside the bot, and older: so it is above",
        ),
        pytest.param(
            COLLECTOR,
            server(own_powers=frozenset({"send_messages"})),
            ProblemCode.NO_PERMISSION,
            ParkReason.NO_PERMISSION,
            id="the bot may not manage roles",
        ),
        pytest.param(COLLECTOR, server(own_powers=frozenset({"administrator"})), None, None, id="the bot may do all"),
        pytest.param(
            MODERATOR, server(), ProblemCode.FORBIDDEN_POWERS, ParkReason.ROLE_DANGEROUS, id="a role that may kick"
        ),
        pytest.param(
            COLLECTOR,
            server(collector(powers=frozenset({"create_events"}))),
            ProblemCode.UNCONFIRMED_POWERS,
            ParkReason.ROLE_DANGEROUS,
            id="a power that nobody confirmed",
        ),
        pytest.param(COLLECTOR, server(collector(powers=frozenset(HARMLESS))), None, None, id="harmless powers"),
        pytest.param(COLLECTOR, server(), None, None, id="an ordinary role"),
    ],
)
def test_a_role_that_cannot_be_given_parks_its_gate(
    role_id: int, guild: GuildRoles, code: ProblemCode | None, park: ParkReason | None
) -> None:
    problem = problem_of(role_id, guild)
    assert (problem and problem.code, problem and problem.park_reason) == (code, park)


def test_confirmed_powers_are_given_and_others_are_not() -> None:
    guild = server(collector(powers=frozenset({"create_events", "pin_messages"})))
    problem = problem_of(COLLECTOR, guild, confirmed_powers=frozenset({"create_events"}))
    assert problem
    assert problem.powers == ("pin_messages",)
    assert problem_of(COLLECTOR, guild, confirmed_powers=frozenset({"create_events", "pin_messages"})) is None


@pytest.mark.parametrize("power", FORBIDDEN)
def test_what_takes_over_a_server_is_refused_though_it_was_confirmed(power: str) -> None:
    guild = server(collector(powers=frozenset({power})))
    problem = problem_of(COLLECTOR, guild, confirmed_powers=frozenset({power}))
    assert problem
    assert problem.code is ProblemCode.FORBIDDEN_POWERS
    assert FORBIDDEN[power].text in problem.words.render()


def refused(
    role_id: int = COLLECTOR,
    *,
    guild: GuildRoles | None = None,
    caller: int = CALLER,
    roles: frozenset[int] = frozenset({GUILD, MODERATOR}),
    powers: frozenset[str] = MANAGES,
    confirmed: frozenset[str] = frozenset(),
) -> ProblemCode | None:
    problem = refusal_to_gate(
        role_id,
        guild or server(),
        caller_id=caller,
        caller_roles=roles,
        caller_powers=powers,
        confirmed_powers=confirmed,
    )
    return problem.code if problem else None


EVENTS = server(collector(powers=frozenset({"create_events"})))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(refused(), None, id="a moderator who manages roles"),
        pytest.param(refused(powers=frozenset({"manage_guild"})), ProblemCode.CALLER_MAY_NOT, id="Manage Server alone"),
        pytest.param(refused(powers=frozenset({"administrator"})), None, id="an administrator"),
        pytest.param(refused(roles=frozenset({COLLECTOR})), ProblemCode.CALLER_TOO_LOW, id="their own highest role"),
        pytest.param(refused(roles=frozenset({MEMBERS})), ProblemCode.CALLER_TOO_LOW, id="a role above them"),
        pytest.param(refused(roles=frozenset()), ProblemCode.CALLER_TOO_LOW, id="no role at all"),
        pytest.param(
            refused(roles=frozenset({MEMBERS}), powers=frozenset({"administrator"})),
            ProblemCode.CALLER_TOO_LOW,
            id="an administrator below the role",
        ),
        pytest.param(refused(caller=OWNER, roles=frozenset(), powers=frozenset()), None, id="the owner"),
        pytest.param(refused(ADMIN, caller=OWNER), ProblemCode.ABOVE_BOT, id="the owner, of a role above the bot"),
        pytest.param(refused(GUILD, caller=OWNER), ProblemCode.EVERYONE, id="the owner, of @everyone"),
        pytest.param(refused(guild=EVENTS), ProblemCode.UNCONFIRMED_POWERS, id="powers to confirm"),
        pytest.param(refused(guild=EVENTS, confirmed=frozenset({"create_events"})), None, id="confirmed powers"),
        pytest.param(refused(guild=EVENTS, caller=OWNER), ProblemCode.UNCONFIRMED_POWERS, id="the owner confirms too"),
        # Who may not do it at all is not asked to type a name first.
        pytest.param(
            refused(guild=EVENTS, powers=frozenset()),
            ProblemCode.CALLER_MAY_NOT,
            id="not allowed, and powers to confirm",
        ),
    ],
)
def test_who_may_put_a_role_under_a_gate(code: ProblemCode | None, expected: ProblemCode | None) -> None:
    assert code == expected


def test_a_name_from_discord_is_shown_as_text_alone() -> None:
    guild = server(RoleFacts(ADMIN, "<@&1> [x](https://evil.example)", 5))
    problem = problem_of(ADMIN, guild)
    assert problem
    sentence = problem.words.render()
    assert "<@&1>" not in sentence
    assert "https://evil" not in sentence


# ---------------------------------------------------------------- the list, held against discord.py


def test_every_permission_of_discord_is_decided_about() -> None:
    known = {name for name, _ in discord.Permissions.all()}
    assert known == FORBIDDEN.keys() | CONFIRMABLE.keys() | HARMLESS
    assert not FORBIDDEN.keys() & CONFIRMABLE.keys()
    assert not HARMLESS & (FORBIDDEN.keys() | CONFIRMABLE.keys())


def test_every_elevated_permission_of_discord_is_dangerous() -> None:
    elevated = {name for name, value in discord.Permissions.elevated() if value}
    assert elevated
    assert elevated <= FORBIDDEN.keys() | CONFIRMABLE.keys()
