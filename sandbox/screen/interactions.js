/** Interactions without an outcome yet: commands, presses, modals. */

import { client } from "./api.js";
import { openModal } from "./chat/modal.js";
import { now } from "./clock.js";
import { changed, state } from "./state.js";

const NO_ANSWER = "The application did not respond";
const PRESS_FAILED = "This interaction failed";

const messageOf = new Map(); // interaction id -> message whose component started it
const seen = new Set(); // modals already opened: event and poll both bring them
let count = 0;

/** Use a command, with `about` one of a menu; resolves once the sandbox accepts it, throws `SandboxError` with its sentence if not. */
export async function useCommand({ command, options = {}, text, shown = text, about = {} }) {
  const entry = {
    id: `waiting-${++count}`,
    interaction: null,
    failed: null,
    after: state.messages.at(-1)?.id ?? "0",
    channel_id: state.channelId,
    command_text: shown,
    timestamp: new Date(now()).toISOString(),
  };
  state.waiting.push(entry);
  changed("messages");
  try {
    const place = { user: state.me.id, guild: state.guildId, channel: state.channelId };
    const { interaction } = await client.useCommand({ ...place, name: command.path, options, ...about });
    entry.interaction = interaction;
  } catch (error) {
    dropWaiting(entry.interaction, entry);
    throw error;
  }
  const answered = state.messages.some((message) => message.interaction_metadata?.id === entry.interaction);
  if (answered) dropWaiting(entry.interaction, entry);
  follow(entry.interaction);
}

/** Press a button or choose in a select. */
export async function press(message, customId, values) {
  if (state.busy.has(message.id)) return;
  state.busy.set(message.id, customId);
  state.failures.delete(message.id);
  changed("messages");
  try {
    const body = { user: state.me.id, message: message.id, custom_id: customId };
    const { interaction } = await client.press(values ? { ...body, values } : body);
    messageOf.set(interaction, message.id);
    follow(interaction);
  } catch (error) {
    finish(message.id, error.message);
  }
}

/** Send a modal's texts; throws `SandboxError` with a sentence for the form. */
export async function submitModal(interaction, values) {
  const origin = messageOf.get(interaction);
  const sent = await client.submitModal({ user: state.me.id, interaction, values });
  if (origin) messageOf.set(sent.interaction, origin);
  const outcome = await settled(sent.interaction);
  if (outcome.state === "failed") throw new Error(outcome.error ?? NO_ANSWER);
  return outcome;
}

/** The application opened a modal in answer to one of my interactions. */
export function offerModal(interaction, modal) {
  acknowledge(interaction);
  if (seen.has(interaction)) return;
  seen.add(interaction);
  openModal(modal, (values) => submitModal(interaction, values));
}

/** An interaction failed. */
export function fail(interaction, error) {
  const entry = state.waiting.find((waiting) => waiting.interaction === interaction);
  if (entry) {
    entry.failed = error ?? NO_ANSWER;
    changed("messages");
  }
  if (messageOf.has(interaction)) finish(messageOf.get(interaction), PRESS_FAILED);
}

async function settled(interaction) {
  for (;;) {
    const outcome = await client.interaction(interaction, "acknowledged");
    if (outcome.state !== "pending") return outcome;
  }
}

/** The websocket brings messages; this waits until the application acknowledges, or fails to. */
async function follow(interaction) {
  try {
    const outcome = await settled(interaction);
    if (outcome.state === "failed") fail(interaction, outcome.error);
    else if (outcome.state === "modal" && outcome.modal) offerModal(interaction, outcome.modal);
    else acknowledge(interaction);
  } catch (error) {
    fail(interaction, error.message);
  }
}

function acknowledge(interaction) {
  dropWaiting(interaction);
  if (messageOf.has(interaction)) finish(messageOf.get(interaction), null);
}

function finish(messageId, failure) {
  state.busy.delete(messageId);
  if (failure) state.failures.set(messageId, failure);
  changed("messages");
}

function dropWaiting(interaction, entry = null) {
  state.waiting = state.waiting.filter((waiting) => {
    const isIt = waiting === entry || (interaction !== null && waiting.interaction === interaction);
    return !isIt || waiting.failed;
  });
  changed("messages");
}
