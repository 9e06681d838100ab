/** Discord's question: may this application know who I am? Its answer is an address, and there the browser goes. */

import { client } from "../api.js";
import { avatar, fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { recall } from "../state.js";

const question = document.getElementById("question");
const asked = new URLSearchParams(location.search);
const problem = h("p", { class: "problem", role: "alert", hidden: true, dataset: { testid: "authorize-problem" } });
const theme = recall("theme");

if (theme) document.documentElement.dataset.theme = theme;
ask().catch((error) => fill(question, h("h1", {}, "This did not work"), h("p", { role: "alert" }, error.message)));

async function ask() {
  const people = await client.people();
  const me = people.find((one) => one.id === recall("user")) ?? people[0];
  const { application } = await client.state(me.id);
  const face = h("span", { class: "face" }, avatar(me.avatar_url, me.display_name, 80));
  const chooser = personChooser(people, me, (one) => fill(face, avatar(one.avatar_url, one.display_name, 80)));
  const cancel = button("plain", "Cancel", "authorize-cancel", () => answer(chooser.value, false));
  const approve = button("primary", "Authorize", "authorize-approve", () => answer(chooser.value, true));
  fill(
    question,
    h("div", { class: "faces", "aria-hidden": "true" }, avatar(application.avatar_url, application.name, 80), dots(), face),
    h("p", { class: "external" }, "An external application"),
    h("h1", {}, application.name),
    h("p", { class: "wants" }, "wants to access your Discord account"),
    h("label", { class: "signed-in", for: "person" }, "Signed in as ", chooser),
    h("hr"),
    h("h2", {}, `This will allow ${application.name} to`),
    h("ul", {}, may(true, "Access your username, avatar and banner"), may(false, "It cannot read your messages or act for you")),
    h("hr"),
    h("p", { class: "where" }, "Once you authorize, you will be redirected to ", h("b", {}, home()), "."),
    problem,
    h("footer", {}, cancel, approve),
  );
  approve.focus();
}

function personChooser(people, me, onchange) {
  const options = people.map((one) =>
    h("option", { value: one.id, selected: one.id === me.id }, `${one.display_name} (${one.username})`),
  );
  const props = { id: "person", class: "chooser", dataset: { testid: "authorize-person" } };
  const chooser = h("select", props, options);
  chooser.addEventListener("change", () => onchange(people.find((one) => one.id === chooser.value)));
  return chooser;
}

function button(look, text, testid, onclick) {
  return h("button", { type: "button", class: `button ${look}`, dataset: { testid }, onclick }, text);
}

const dots = () => h("span", { class: "between" }, "•••");
const may = (yes, text) =>
  h("li", { class: yes ? "may" : "may-not" }, icon(yes ? "check" : "close"), text);
const home = () => new URL(asked.get("redirect_uri")).origin;

async function answer(user, approve) {
  problem.hidden = true;
  try {
    const { location: there } = await client.authorize({ url: location.href, user, approve });
    location.assign(there);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}
