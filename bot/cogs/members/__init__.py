"""What members and moderators see of roles that follow holdings.

standing_embeds    how a member stands in a server, gate by gate, as embeds
standing_pages     the same as pages to turn
difference_words   what a reading or a proof has changed: "You now have @Collector"
refreshing         reads one's accounts now, at most once a minute
roles_cog          `/roles` and `/refresh`
seen_members       passes on to sync whom Discord reported as a member, in one place
"""
