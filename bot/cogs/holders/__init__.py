"""`/holders`: who holds what in a server, for its moderators.

snapshot_cog      `/holders export`, `schedule`, `diff`
snapshot_exports  writes, seals and sends the file of a snapshot; asks first where it is not complete
snapshot_embeds   snapshots and schedules in words
schedule_panel    schedules, with a menu that ends one
diff_pages        two snapshots compared, as pages to turn
"""
