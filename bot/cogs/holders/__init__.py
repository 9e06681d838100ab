"""`/holders`: who holds a collection in a server, for its moderators; and the entry *Check holder* of a member's menu.

holders_cog       the commands
holder_desk       what all of them are built from: who may, which collection is meant, the record of who looked
holder_words      numbers as far as they are known, and why not, in words
list_pages        `/holders list`: members who hold it, and those of whom it is not known (read_now: reads these)
top_board         `/holders top`: a leaderboard of those who share what they hold
account_finder    `/holders find`: which member shares an account
changes_pages     `/holders changes`: who joined and left
stats_pages       `/holders stats`: how gates stand
gap_embeds        `/holders gap`: who is missing
progress_panel    how far long work is, and **Cancel**
member_check      `/holders check`: how one member stands

snapshot_group    `/holders export`, `schedule`, `diff`
snapshot_desk     what these are built from: who may, which snapshots are meant
snapshot_exports  writes, seals and sends the file of a snapshot; asks first where it is not complete
snapshot_embeds   snapshots and schedules in words
schedule_panel    schedules, with a menu that ends one
diff_pages        two snapshots compared, as pages to turn
"""
