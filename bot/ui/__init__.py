"""What Discord needs and no feature owns: the client, the order of its work, one person's views, pages, embeds."""
