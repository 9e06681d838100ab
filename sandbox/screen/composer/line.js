/**
 * A command line being filled in: the command and its pills, one of which is being typed into.
 *
 * A pill is {option, text, error}; what it means is worked out from its text, so a pick and a typed value are the same,
 * except for completions, whose value the bot chose (`picked`).
 */

import { guild } from "../state.js";
import { meaning, pieces } from "./commands.js";

const pillOf = (option) => ({ option, text: "", picked: null, error: null });

export class Line {
  constructor(command) {
    this.command = command;
    const required = command.options.filter((option) => option.required);
    const first = required.length ? required : command.options.slice(0, 1);
    this.pills = first.map(pillOf);
    this.at = 0;
  }

  get pill() {
    return this.pills[this.at] ?? null;
  }

  /** Options not on the line yet. */
  get rest() {
    return this.command.options.filter((option) => !this.pills.some((pill) => pill.option === option));
  }

  /** Take what was typed into the active pill; `name:` opens another. Returns the text the input should show. */
  type(text) {
    const parts = pieces(text, this.command.options);
    if (parts.every((part) => !part.option)) {
      if (!this.pill) return text;
      this.put(this.pill, text);
      return text;
    }
    const before = this.pill;
    const spoken = parts.find((part) => !part.option);
    if (before) this.put(before, spoken ? spoken.text.trim() : "");
    for (const part of parts.filter((one) => one.option)) {
      this.focus(part.option);
      this.put(this.pill, part.text);
    }
    if (before && before !== this.pill && !before.text && !before.option.required) this.drop(before);
    return this.pill.text;
  }

  put(pill, text) {
    if (pill.text !== text) pill.picked = null;
    pill.text = text;
    pill.error = null;
  }

  pick(item) {
    this.pill.text = item.label;
    this.pill.picked = { value: item.value };
    this.pill.error = null;
  }

  /** Go to an option's pill, adding it if it is not there. */
  focus(option) {
    if (!this.pills.some((pill) => pill.option === option)) this.pills.push(pillOf(option));
    this.at = this.pills.findIndex((pill) => pill.option === option);
  }

  drop(pill) {
    const active = this.pill;
    this.pills = this.pills.filter((one) => one !== pill);
    this.at = Math.max(0, active === pill ? this.at - 1 : this.pills.indexOf(active));
  }

  /** The pill to fill in next: an empty required one, or null. */
  get missing() {
    return this.pills.find((pill) => pill.option.required && !pill.text.trim()) ?? null;
  }

  meaningOf(pill) {
    return pill.picked ?? meaning(pill.option, pill.text, guild());
  }

  /** Values of all pills that have one, by name; whether or not the others are right. */
  values() {
    const known = this.pills.map((pill) => [pill.option.name, this.meaningOf(pill).value]);
    return Object.fromEntries(known.filter(([, value]) => value !== undefined));
  }

  /** Mark every pill that cannot be sent; returns the first of them. */
  check() {
    for (const pill of this.pills) pill.error = this.meaningOf(pill).error ?? null;
    return this.pills.find((pill) => pill.error) ?? null;
  }

  /** As a person would type it: `/collections account:10001`. */
  get text() {
    const filled = this.pills.filter((pill) => pill.text.trim());
    return [`/${this.command.path}`, ...filled.map((pill) => `${pill.option.name}:${pill.text.trim()}`)].join(" ");
  }
}
