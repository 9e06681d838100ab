"""What is said to a press or a command that is not answered here: as its answer is gone, or as the bot stops."""

from __future__ import annotations

from bot.messages import Message

STALE_BUTTON = Message(
    "Tessera no longer knows this answer: it has expired, or Tessera was restarted. Use the command again."
)
TOO_MANY_OPEN = Message("Too many answers are open, so the oldest no longer work. Use the command again.")
STOPPING = Message("Tessera is being restarted. Try again in a minute.")
RUN_AGAIN = Message("Run again")
TRY_AGAIN = Message("Try again")
