/**
 * The message box: one input that first takes the command's name and then moves from option to option.
 *
 * Enter takes the highlighted suggestion, or sends. Tab goes on, Backspace in an empty option goes back, Esc leaves.
 */

import { fill, h } from "../dom.js";
import { chooseFile } from "../file.js";
import { useCommand } from "../interactions.js";
import { state, watch } from "../state.js";
import { opening } from "./commands.js";
import { Line } from "./line.js";
import { Picker } from "./picker.js";
import { complain, drawStrip, input, problem, stripBox } from "./strip.js";
import {
  askCompletion,
  commandSuggestions,
  forgetQuestions,
  optionSuggestions,
  valueSuggestions,
} from "./suggestions.js";

const PLAIN = "People use slash commands here: type / to see them.";

const picker = new Picker(input, choose);
let line = null; // a Line once the command is known
let lastSent = "";
let place = "";

export function startComposer() {
  fill(
    document.getElementById("compose"),
    picker.node,
    problem,
    stripBox({ onadd: () => fillCommand(""), onsend: submit }),
  );
  input.addEventListener("input", typed);
  input.addEventListener("keydown", key);
  input.addEventListener("focus", suggest);
  input.addEventListener("blur", () => picker.hide());
  watch(["commands"], () => (line ? draw() : typed()));
  watch(["place"], () => {
    const here = `${state.me?.id} ${state.channelId}`;
    if (here !== place) clear(); // an event about the same place must not clear what is being typed
    place = here;
  });
}

/** Put a command into the box, as a click on its mention does; `first` goes into its first option. */
export function fillCommand(path, first = "") {
  if (input.disabled) return;
  clear();
  input.value = path ? `/${path} ${first}` : "/";
  input.focus();
  typed();
}

function clear() {
  line = null;
  input.value = "";
  complain(null);
  draw();
  picker.hide();
}

function typed() {
  complain(null);
  const found = opening(state.commands, input.value);
  if (found && (!line || input.value.startsWith("/"))) {
    line = new Line(found.command);
    input.value = line.type(found.rest);
  } else if (line) input.value = line.type(input.value);
  draw();
  suggest();
}

function draw() {
  drawStrip(line, { onpill: enter, onmore: showRest });
}

function enter(pill, end = true) {
  line.at = line.pills.indexOf(pill);
  input.value = pill.text;
  draw();
  input.focus();
  const caret = end ? input.value.length : 0;
  input.setSelectionRange(caret, caret);
  suggest();
}

function showRest() {
  input.focus();
  picker.show({ title: "Options", head: usage(), ...optionSuggestions(line) });
}

function usage() {
  const option = line.pill?.option;
  const text = option ? option.description : line.command.description;
  const name = option ? h("b", {}, option.name) : h("b", {}, `/${line.command.path}`);
  return h("div", { class: "picker-head" }, name, h("span", {}, text), option?.required && h("em", {}, "required"));
}

let completing = null; // the option whose suggestions the picker shows

async function suggest() {
  forgetQuestions();
  if (!line?.pill?.option.autocomplete) completing = null;
  if (document.activeElement !== input) return;
  if (!line) return picker.show(commandSuggestions(input.value));
  const pill = line.pill;
  if (!pill) return picker.show({ head: usage(), items: [], highlight: -1 });
  if (!pill.option.autocomplete) {
    return picker.show({ head: usage(), ...(valueSuggestions(pill) ?? optionSuggestions(line)) });
  }
  // What was offered for something else, the command itself say, must not be taken by an Enter meanwhile.
  if (!picker.open || completing !== pill) {
    picker.show({ head: usage(), items: [], highlight: -1, nothing: "Loading options…" });
    completing = pill;
  }
  const answer = await askCompletion(line, pill, line.values());
  if (answer && line?.pill === pill && document.activeElement === input) picker.show({ head: usage(), ...answer });
  return undefined;
}

function choose(item) {
  if (item.kind === "command") {
    line = new Line(item.command);
    if (line.pill) return enter(line.pill);
    input.value = "";
    draw();
    return suggest();
  }
  if (item.kind === "option") {
    line.focus(item.option);
    return enter(line.pill);
  }
  if (item.kind === "file") return chooseFileFor(line, line.pill);
  line.pick(item);
  if (line.missing) return enter(line.missing);
  enter(line.pill);
  return picker.hide();
}

async function chooseFileFor(mine, pill) {
  const file = await chooseFile();
  if (!file || line !== mine) return;
  mine.focus(pill.option);
  mine.pick({ label: file.filename, value: file });
  enter(mine.missing ?? mine.pill);
  picker.hide();
}

function key(event) {
  if (event.isComposing) return;
  const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
  const atEnd = input.selectionStart === input.value.length;
  const done = {
    Enter: () => (takesHighlighted() ? choose(picker.highlighted) : submit()),
    Tab: () => !event.shiftKey && tab(),
    Escape: () => (picker.open ? picker.hide() : clear()),
    ArrowDown: () => picker.open && picker.move(1),
    ArrowUp: () => (picker.open ? picker.move(-1) : recallLast()),
    ArrowLeft: () => line && atStart && line.at > 0 && enter(line.pills[line.at - 1]),
    ArrowRight: () => line && atEnd && line.at < line.pills.length - 1 && enter(line.pills[line.at + 1], false),
    Backspace: () => line && atStart && back(),
  }[event.key]?.();
  if (done !== undefined && done !== false && done !== null) event.preventDefault();
}

/** A command typed in full that has nothing to fill in is sent at once. */
function takesHighlighted() {
  const item = picker.highlighted;
  if (!item) return false;
  const whole = item.kind === "command" && input.value.trim() === item.label && !item.command.options.length;
  if (whole) line = new Line(item.command);
  return !whole;
}

function tab() {
  if (picker.highlighted) return choose(picker.highlighted) ?? true;
  if (!line) return false;
  if (line.at < line.pills.length - 1) return enter(line.pills[line.at + 1]) ?? true;
  if (!line.rest.length) return false;
  line.focus(line.rest[0]);
  return enter(line.pill) ?? true;
}

function back() {
  const pill = line.pill;
  if (pill?.text) return false;
  if (pill && line.at > 0) {
    const previous = line.pills[line.at - 1];
    if (!pill.option.required) line.drop(pill);
    enter(previous);
    return true;
  }
  const path = line.command.path;
  line = null;
  input.value = `/${path}`;
  typed();
  return true;
}

function recallLast() {
  if (line || input.value || !lastSent) return false;
  input.value = lastSent;
  typed();
  return true;
}

async function submit() {
  if (!line)
    return input.value.trim() ? complain(input.value.startsWith("/") ? "There is no such command." : PLAIN) : undefined;
  const wrong = line.check();
  if (wrong) {
    enter(wrong);
    return complain(`${wrong.option.name}: ${wrong.error}`);
  }
  const sent = { command: line.command, options: line.values(), text: line.text };
  lastSent = sent.text;
  clear();
  try {
    await useCommand(sent);
  } catch (error) {
    if (!input.value && !line) {
      input.value = sent.text.includes(" ") ? sent.text : `${sent.text} `;
      typed();
    }
    picker.hide();
    complain(error.message);
  }
  return undefined;
}
