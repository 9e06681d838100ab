"""Gates and sync in Discord: what sync needs of it over discord.py, and the commands of admins.

discord_roles     what sync needs of Discord: servers, members, roles given and taken
member_reads      members with their roles, by few questions, slowly enough, and never absent by mistake
discord_requests  one request, sent again where that is safe, and its errors as sync knows them
"""
