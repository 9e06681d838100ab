"""What a server's admins set up: its settings, the message that members begin with, and what is wrong.

admin_rights     who may configure: asked again at every press
settings_cog     `/settings`: what is set, and every change of it
setting_changes  changes of settings: pure
settings_embeds  settings in words
setting_answers  what is said once one was changed
setting_targets  what the options of `/settings` name
settings_panel   what can be pressed below them
channel_access   whether the bot may post in a channel
log_problems     what could not be posted in log channels
greeting_cog     the first message to the owner of a server
panel_cog        `/panel`: one lasting message with Verify, My roles, Refresh
health_facts     what `/health` is judged from, gathered from Discord, the store and sync
health_finding   one line of it
health_checks    those facts as findings: pure; health_gates: of roles and gates; health_sources: of what gates ask
                 about; health_settings: of settings and gates together; health_sync: of sync
health_cog       `/health`: each finding, and how to repair it
"""
