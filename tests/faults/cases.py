"""Which tests show which case of the fault table.

A test of this folder names its case: `test_case_05_…`. Below are the tests elsewhere that show one; none of them is
copied here. `test_every_case_is_shown` holds this to what exists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LAST_CASE = 54

# fmt: off - one line for each case
ELSEWHERE: Mapping[int, Sequence[str]] = {
    1: [
        "tests/sync/test_reading_passes.py::test_a_source_that_answers_nothing_is_left_alone_and_then_asked_about_one_account"
    ],
    2: ["tests/sources/test_http.py::test_a_temporary_fault_is_retried"],
    3: ["tests/sync/test_taking.py::test_a_source_that_does_not_answer_for_a_day_costs_nobody_a_role"],
    4: ["tests/e2e/test_faults.py::test_a_fault_is_one_sentence_and_never_looks_like_an_empty_account"],
    5: [
        "tests/sync/test_breaking.py::test_an_hour_in_which_every_answer_is_empty_costs_nobody_a_role",
        "tests/simulation/test_simulation.py",
    ],
    6: [
        "tests/sync/test_taking.py::test_two_empty_answers_in_a_row_are_forgotten_when_it_is_held_again",
        "tests/sync/test_dips.py::test_a_false_count_of_twenty_minutes_delays_no_role",
    ],
    7: ["tests/sync/test_taking.py::test_who_sells_loses_the_role_after_three_misses_over_half_an_hour"],
    8: ["tests/e2e/test_faults.py::test_a_list_that_breaks_off_is_shown_as_incomplete"],
    9: ["tests/sources/test_paging.py::test_a_list_with_a_gap_says_so"],
    10: ["tests/sources/test_paging.py::test_a_list_with_a_gap_says_so"],
    11: ["tests/sources/test_paging.py::test_reading_ends_at_two_hundred_pages"],
    12: ["tests/sources/test_loopring_wire_bounds.py::test_depth_breaks_nothing"],
    13: ["tests/attacks/test_compressed_answers.py"],
    14: ["tests/sources/test_http.py::test_a_slow_answer_is_waited_for_once"],
    15: ["tests/sources/test_http.py::test_a_permanent_fault_is_reported_in_one_sentence"],
    16: ["tests/sources/test_loopring_errors.py::test_a_success_of_another_shape_is_not_an_empty_account"],
    17: [
        "tests/sources/test_reading.py::test_an_archive_says_nothing_about_the_present_neither_alone_nor_as_a_fallback"
    ],
    18: ["tests/sources/test_http_charges.py::test_a_refused_key_is_not_tried_again_and_again"],
    19: ["tests/sources/test_retry_after.py::test_retry_after_is_accepted_within_bounds"],
    20: ["tests/e2e/test_faults.py::test_a_fault_is_one_sentence_and_never_looks_like_an_empty_account"],
    21: ["tests/sandbox/test_discord_roles.py::test_the_global_limit_is_fifty_in_a_second_and_spares_interactions"],
    22: ["tests/sync/test_failing.py::test_a_lost_answer_is_read_back_and_nothing_is_announced_twice"],
    23: ["tests/sync/test_failing.py::test_a_removal_that_discord_confirmed_and_did_not_do_is_done_again"],
    24: ["tests/sync/test_failing.py::test_a_role_that_somebody_took_is_given_again_once_and_then_its_gate_is_parked"],
    25: ["tests/sync/test_failing.py::test_a_refused_gate_is_tried_once_an_hour_and_reported_once"],
    26: ["tests/sync/test_failing.py::test_a_role_made_again_is_bound_to_its_gate_and_everybody_gets_it_back"],
    27: ["tests/sync/test_taking.py::test_who_left_gets_the_roles_back_without_a_new_proof"],
    28: [
        "tests/sync/test_held_back.py::test_a_bot_that_is_invited_again_takes_nothing_before_it_has_looked_at_everybody"
    ],
    29: ["tests/sync/test_failing.py::test_a_server_that_is_not_available_is_left_alone"],
    30: ["tests/sync/test_failing.py::test_drift_is_found_by_the_counts_of_roles_and_repaired"],
    31: ["tests/sync/test_failing.py::test_a_role_that_cannot_be_given_parks_its_gate_which_heals"],
    32: ["tests/cogs/gates/test_discord_roles.py::test_a_role_that_another_bot_gave_meanwhile_stays"],
    33: ["tests/sync/test_kills.py::test_a_turn_that_is_killed_at_any_await_is_finished_by_the_next_process"],
    34: ["tests/sync/test_kills.py::test_a_turn_that_is_killed_at_any_await_is_finished_by_the_next_process"],
    35: ["tests/store/file/test_power_loss.py::test_no_acknowledged_write_is_lost_whatever_the_disk_has_of_the_next"],
    36: [
        "tests/store/test_faults.py::test_a_disk_that_takes_no_more_loses_nothing_and_is_used_again_when_it_does",
        "tests/linking/test_crashes.py::test_a_disk_that_fails_at_any_statement_saves_nothing_and_the_next_try_saves_all",
    ],
    37: [
        "tests/store/test_faults.py::test_a_store_that_another_program_holds_is_waited_for_and_then_given_up",
        "tests/store/test_faults.py::test_a_lock_that_ends_in_time_is_only_a_delay",
    ],
    38: [
        "tests/store/test_store.py::test_a_damaged_store_is_refused",
        "tests/store/test_store.py::test_a_file_that_is_no_store_is_refused_and_not_touched",
        "tests/store/file/test_open_store.py",
    ],
    39: [
        "tests/store/test_kills.py::test_a_start_that_is_killed_at_any_statement_leaves_a_whole_store_and_nothing_in_the_way",
        "tests/store/test_migrations.py::test_a_store_of_any_step_opens_with_all_that_it_held",
    ],
    40: [
        "tests/store/file/test_lock.py::test_a_second_tessera_is_refused_and_the_message_names_the_first",
        "tests/sync/test_held_back.py::test_of_two_processes_only_the_one_that_started_last_takes_roles",
    ],
    41: [
        "tests/sync/test_taking.py::test_a_clock_that_jumps_takes_nothing_for_a_span",
        "tests/app/test_background.py::test_a_change_of_the_wall_clock_moves_no_run",
    ],
    42: [
        "tests/web/test_verify_page.py::test_of_sixteen_submits_one_wins",
        "tests/store/linking/test_session_table.py::test_a_text_is_used_up_once_by_its_session_and_in_time",
    ],
    43: [
        "tests/web/test_login.py::test_a_login_that_discord_breaks_can_be_made_again",
        "tests/web/test_login.py::test_after_cancel_at_discord_the_same_link_goes_on_with_another_state",
        "tests/web/test_login.py::test_a_slow_login_is_over_when_its_link_is",
        "tests/web/test_login.py::test_the_same_callback_sixteen_times_is_accepted_once",
    ],
    44: [
        "tests/linking/test_nodes.py::test_one_node_that_disagrees_decides_nothing",
        "tests/linking/test_nodes.py::test_the_only_node_failing_decides_nothing",
        "tests/linking/test_nodes.py::test_after_a_failed_verification_nothing_is_lost_and_the_member_can_sign_again",
    ],
    45: [
        "tests/attacks/test_drowning_the_process.py::test_members_and_the_supervisor_are_answered_meanwhile",
        "tests/attacks/test_odd_bodies.py::test_a_body_that_trickles_is_waited_for_seconds_in_all",
        "tests/attacks/test_stalled_heads.py",
    ],
    46: [
        "tests/e2e/test_outbound.py::test_no_answer_of_the_bot_can_mention_anyone",
        "tests/e2e/test_collections.py::test_hostile_words_and_pictures_come_out_harmless",
        "tests/cogs/linking/test_link_embeds.py::test_hostile_names_and_labels_are_harmless",
        "tests/test_text.py",
    ],
    47: ["tests/e2e/test_waiting.py"],
    48: ["tests/e2e/test_process_stop.py::test_a_command_in_progress_is_answered_before_the_end"],
    49: ["tests/sources/test_blockscout.py::test_no_row_is_left_out_by_the_server_as_scam"],
    50: ["tests/sync/test_failing.py::test_a_source_that_is_gone_for_thirty_days_parks_its_gates_and_takes_nothing"],
    51: ["tests/cogs/gates/test_member_reads.py::test_a_member_who_is_left_out_of_an_answer_is_found_alone"],
    52: ["tests/cogs/gates/test_member_reads.py"],
    53: ["tests/cogs/gates/test_role_events.py"],
    54: ["tests/sync/test_due_accounts.py::test_a_vouch_counts_from_its_confirmation_until_it_is_withdrawn"],
}
# fmt: on
