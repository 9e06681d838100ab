"""What a server's admins see of its webhooks.

webhooks_cog     `/webhooks`: add, list, test, rotate, pause, resume, replay, remove
webhook_embeds   endpoints, and how delivery to each goes, as embeds
"""
