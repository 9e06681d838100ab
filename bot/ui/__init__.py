"""What Discord needs and no feature owns: the client, views that belong to one person, pages, embeds."""
