"""What the text to sign says, in the reader's language: shown beside it, and never signed.

The text itself stays as it is in English: EIP-4361 lets wallets read it, and its letters are ASCII.
"""

from __future__ import annotations

from bot.messages import ENGLISH, Message, Words, reader_language

_ID = Message("ID {user_id}")
_NAMED = Message("{name} (ID {user_id})")
_ANYWHERE = Message(
    "I am Discord user {who}. Link this wallet to my account. Stop if that is not you. No cost, moves nothing."
)
_IN_SERVER = Message(
    "I am Discord user {who}. Link this wallet to my account in server ID {guild_id}. Stop if that is not you. "
    "No cost, moves nothing."
)


def statement_words(user_id: int, username: str, guild_id: int | None) -> Words:
    """The statement of a text, as words.

    Args:
        user_id: For whom it is.
        username: Their name; "" where the text does not have it.
        guild_id: Where; None: outside of a server.
    """
    # As text: ids are not numbers that anybody groups.
    who = _NAMED(name=username, user_id=str(user_id)) if username else _ID(user_id=str(user_id))
    return _ANYWHERE(who=who) if guild_id is None else _IN_SERVER(who=who, guild_id=str(guild_id))


def statement_for_reader(user_id: int, username: str, guild_id: int | None) -> str:
    """The statement in the reader's language; "" where that is English, which the text is in."""
    return "" if reader_language() is ENGLISH else statement_words(user_id, username, guild_id).render()
