"""Gates, what a server has set about them, and which accounts members keep out of servers."""
