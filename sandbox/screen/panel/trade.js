/** What I hold, with buttons to sell it, give it away or buy more; it goes into the world at once, not to the bot. */

import { sandbox } from "../api.js";
import { fill, h } from "../dom.js";
import { rolesOf } from "../frame/person.js";
import { state, watch } from "../state.js";

const LOOPRING = "loopring";

export function tradeView() {
  const status = h("p", { class: "switch-status", role: "status", dataset: { testid: "trade-status" } });
  const who = h("h3", {});
  const roles = h("div", { class: "role-box", dataset: { testid: "trade-roles" } });
  const places = h("div", { class: "trade-places", dataset: { testid: "trade-places" } });
  const shop = h("select", { "aria-label": "Collection", dataset: { testid: "trade-shop" } });
  const into = h("select", { "aria-label": "Into which account", dataset: { testid: "trade-into" } });
  const buyButton = button("Buy 1", "trade-buy", buy, "success");
  let shown = false;
  let known = { places: [], collections: [] };
  let drawn = "";

  function say(sentence) {
    status.textContent = sentence;
  }

  async function refresh() {
    if (!state.me) return;
    try {
      known = await sandbox.holdings(state.me.id);
    } catch (error) {
      say(error.message);
      return;
    }
    const now = JSON.stringify([state.me.id, known]);
    if (now === drawn) return; // what is open in a select must not close by itself
    drawn = now;
    who.textContent = `What ${state.me.display_name} holds`;
    fill(places, known.places.length ? known.places.map(place) : h("p", {}, "No account of this person is known here."));
    options(into, known.places.map((one) => [`${one.network} ${one.holder}`, `${one.label} ${shortened(one.holder)}`]));
    offer();
  }

  function offer() {
    const network = into.value.split(" ")[0];
    const goods = known.collections.filter((one) => one.network === network);
    options(shop, goods.map((one) => [one.collection, one.name]));
    buyButton.disabled = !goods.length;
  }

  async function act(body) {
    try {
      say((await sandbox.trade(body)).sentence);
    } catch (error) {
      say(error.message);
    }
    await refresh();
  }

  function buy() {
    const [network, holder] = into.value.split(" ");
    return act({ network, from: null, to: holder, collection: shop.value });
  }

  function place(one) {
    const empty = h("p", { class: "empty" }, "Nothing.");
    return h(
      "section",
      {},
      h("h4", {}, `${one.label} `, h("small", { title: one.holder }, shortened(one.holder))),
      one.collections.length ? h("ul", {}, one.collections.map((row) => h("li", {}, holding(one, row)))) : empty,
    );
  }

  function holding(one, row) {
    const base = { network: one.network, from: one.holder, collection: row.collection };
    const taker = h("input", {
      type: "text",
      "aria-label": `Give ${row.name} to`,
      placeholder: one.network === LOOPRING ? "account" : "0x…",
      size: 8,
    });
    const give = () => (taker.value.trim() ? act({ ...base, to: taker.value.trim() }) : say("Say to whom."));
    return [
      h("span", { class: "trade-name" }, row.name),
      h("span", { class: "trade-count" }, row.kinds === 1 ? `${row.copies} ×` : `${row.kinds} NFTs`),
      button("Sell", `sell-${row.collection}`, () => act({ ...base, to: null }), "danger"),
      taker,
      button("Give", `give-${row.collection}`, give, "secondary"),
    ];
  }

  into.addEventListener("change", offer);
  const drawRoles = () => fill(roles, state.me && rolesOf(state.me));
  watch(["people"], () => shown && refresh());
  watch(["guilds", "place"], () => shown && drawRoles());
  let timer = null;
  return {
    node: h(
      "div",
      { class: "switches trades" },
      status,
      h("p", {}, "Change what you hold, and watch your roles in this server follow within seconds."),
      who,
      roles,
      h("div", { class: "trade-buy" }, into, shop, buyButton),
      places,
    ),
    start() {
      shown = true;
      drawRoles();
      refresh();
      timer = setInterval(refresh, 3000);
    },
    stop() {
      shown = false;
      clearInterval(timer);
    },
  };
}

function button(label, testid, onclick, style) {
  const node = h(
    "button",
    {
      type: "button",
      class: `button ${style}`,
      dataset: { testid },
      onclick: async () => {
        node.disabled = true;
        await onclick();
        node.disabled = false;
      },
    },
    label,
  );
  return node;
}

function options(select, values) {
  const before = select.value;
  fill(
    select,
    values.map(([value, label]) => h("option", { value }, label)),
  );
  if (values.some(([value]) => value === before)) select.value = before;
}

const shortened = (holder) => (holder.length > 20 ? `${holder.slice(0, 6)}…${holder.slice(-4)}` : holder);
