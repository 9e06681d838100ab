"""What is said once a setting was changed, above all that is set since."""

from __future__ import annotations

from bot.messages import Message

POSTED_IN = Message("Role changes and alerts are posted in {channel}.")
POSTED_NOWHERE = Message("Role changes and alerts are posted nowhere any more.")
GRACE = Message("Grace: {grace}.")
COOL_DOWN = Message("Cool-down of sensitive roles: {cool_down}.")
PROTECTED = Message("Nothing is ever taken from {who}.")
UNPROTECTED = Message("Roles can be taken from {who} again.")
UNPROTECTED_GONE = Message("Roles that were deleted are not listed as protected any more.")
EXCLUDED = Message("Never counts here: {what}.")
INCLUDED = Message("Counts here again: {what}.")
MEMBERS_SEE = Message("Members see {what}.")
EXPORTS_NAME = Message("`/holders export` names {what}.")
ADMIN_ROLE = Message(
    "{role} may configure Tessera. Discord shows the commands for admins only to members with Manage Server: give that "
    "role the commands under Server Settings → Integrations → Tessera."
)
ONLY_MANAGERS = Message("Only Manage Server counts now.")
