"""Gates and sync in Discord: what sync needs of it over discord.py, and the commands of admins.

gate_cog        `/gate`, with gate_add (its modal), gate_options, gate_states (pause, resume, adopt), gate_decisions
                (aliases, history), gate_files (export, import); gate_base: what they share
attached_file   a file that an admin attaches
gate_preview    the message before every save: gate_saving (what would follow), gate_proposal, gate_pages, gate_embeds,
                gate_warnings
change_words    one change in words, for the history and for taking it back
gate_access     who may change gates; gate_names: names of collections
discord_roles     what sync needs of Discord: servers, members, roles given and taken
member_reads      members with their roles, by few questions, slowly enough, and never absent by mistake
discord_requests  one request, sent again where that is safe, and its errors as sync knows them
role_events       what Discord reports by itself about roles, members and servers, as hints
log_channel       what sync has to say (outgoing), in the log channel of a server
direct_messages   the same, to members: that a role will be taken, that a proof will be too old
sync_cog          `/sync`: how sync stands, and the decisions of admins
sync_embeds       sync in words
staged_pages      the removals that wait for a person, page by page
approval          the question before removals are approved: which ones exactly
refresh_panel     an answer that can be shown as it is now
hold_buttons      the lasting buttons below an alert of held removals
hold_cog          takes their presses
"""
