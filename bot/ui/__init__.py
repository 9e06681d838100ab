"""What Discord needs and no feature owns: the client, the order of its work, panels, pages, embeds, sending."""
