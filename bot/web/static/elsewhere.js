/** Going on in another browser: wallets' own links, a QR code for a phone, and a link to copy. */

import { h } from "./dom.js";
import { secondsUntil } from "./time.js";
import { t } from "./words.js";

const LOOK_S = 20; // how often the page looks whether it went on elsewhere, while the code is to be seen

/** A box that offers the ways to another browser; its links are only asked for at a press. */
export function offer(page) {
  const ways = h("div", { class: "ways" });
  const show = page.action(
    t("Open it in my wallet"),
    async (isCurrent) => {
      page.stay(); // who goes on elsewhere is not to be led away here
      const links = await page.call("handoff", {});
      if (!isCurrent()) return;
      show.remove();
      draw(page, ways, links);
    },
    { class: "main" },
  );
  return h("div", { class: "elsewhere" }, h("p", { class: "row" }, show), ways);
}

function draw(page, ways, { url, qr, apps }) {
  const shown = h("input", { class: "link", type: "text", readonly: true, value: url, "aria-label": t("The link") });
  const links = apps.filter((app) => app.url.startsWith("https://"));
  const onThisPhone = [
    h("h3", { tabindex: "-1" }, t("On this phone: open it in")),
    h(
      "p",
      { class: "row apps" },
      links.map((app) => h("a", { class: "button", href: app.url, rel: "noreferrer" }, app.name)),
    ),
  ];
  const onAPhone = [
    h("h3", { tabindex: "-1" }, t("From a computer: scan it with your phone")),
    h("p", { class: "qr" }, qr.startsWith("data:image/svg+xml") && h("img", { src: qr, alt: t("QR code of the link"), width: "196", height: "196" })),
  ];
  const isComputer = matchMedia("(hover: hover) and (pointer: fine)").matches;
  ways.replaceChildren(
    ...(isComputer ? [...onAPhone, ...onThisPhone] : [...onThisPhone, ...onAPhone]),
    h("h3", {}, t("Any other browser: open the link there")),
    h("p", { class: "row" }, shown, page.action(t("Copy link"), () => copy(page, shown))),
    h(
      "p",
      { class: "quiet" },
      t("You log in to Discord there too, so that the link is good for nobody but you. It goes on there, and ends here."),
    ),
  );
  ways.querySelector("h3").focus({ preventScroll: true });
  watch(page, ways);
}

async function copy(page, shown) {
  try {
    await navigator.clipboard.writeText(shown.value);
    page.announce(t("Copied."));
  } catch {
    // Not every browser inside an app gives a page the clipboard; the link is marked instead.
    shown.select();
    page.announce(t("The link is selected: copy it with your keyboard or menu."));
  }
}

/** Look at each return, and now and then, whether the person went on elsewhere, while this box and the session last. */
function watch(page, ways) {
  const { expires_at: end } = page.state;
  let timer = null;
  let wait = 0;
  const look = async () => {
    timer = null;
    if (!ways.isConnected || !secondsUntil(end)) return;
    wait = document.hidden ? 0 : await page.lookAgain();
    timer = setTimeout(look, Math.max(LOOK_S, wait) * 1000);
  };
  const returned = () => {
    if (!ways.isConnected) return document.removeEventListener("visibilitychange", returned);
    if (document.hidden || !timer || wait) return;
    clearTimeout(timer);
    look();
  };
  document.addEventListener("visibilitychange", returned);
  timer = setTimeout(look, LOOK_S * 1000);
}

/** The step after another browser took the session up; what happens there is not shown here. */
export function elsewhere(page) {
  const { authorize_url: url } = page.state;
  if (!url) {
    return page.draw(
      t("It ended in your other browser"),
      h("p", {}, t("Discord shows the result, under the message where you ran /verify. You can close this page.")),
    );
  }
  page.draw(
    t("It goes on in your other browser"),
    h("p", {}, t("Who ran /verify has logged in there, so this page can do nothing more. You can close it.")),
    h("p", { class: "row" }, h("a", { class: "button", href: page.loginUrl(), rel: "noreferrer" }, t("Go on here instead"))),
    h("p", { class: "quiet" }, t("That asks you to log in to Discord again, and ends it there.")),
  );
}
