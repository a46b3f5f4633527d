// Keeps the page as it would be if it were loaded now. All that it shows was written by the server; nothing is made
// of what the events hold.

const page = document.getElementById("page");
const link = document.getElementById("link");
const SOON_MS = 300;
const LOST_AFTER_MS = 3000;
const AGAIN_MS = 3000;
const AGES_MS = 5000;

/** How far this clock is ahead of the server's. */
let ahead = Number(page.dataset.now) > 0 ? Date.now() - Number(page.dataset.now) : 0;
let etag = "";
let asking = false;
let waiting = null;
let lost = null;

function say(text, how) {
  if (link.textContent === text) return;
  link.textContent = text;
  link.className = `link ${how}`;
}

/** The same words as the server's. */
function ago(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - ahead - since) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}

function renewAges() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const words = ago(Date.parse(time.dateTime));
    if (time.textContent !== words) time.textContent = words;
  }
}

/** One question at a time. */
async function renew() {
  if (asking) return;
  asking = true;
  const headers = { accept: "text/html", "if-none-match": etag };
  try {
    await take(await fetch(location.href, { headers, cache: "no-store" }));
  } catch {
    // The stream says that the connection is lost, and tries again.
  } finally {
    asking = false;
  }
}

async function take(response) {
  if (response.status === 304) return;
  if (response.status === 401) {
    location.reload();
    return;
  }
  if (response.status !== 200 && response.status !== 404) return;
  etag = response.headers.get("etag") ?? "";
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = next.getElementById("page");
  if (!main) return;
  if (main.dataset.build !== page.dataset.build) {
    location.reload();
    return;
  }
  if (Number(main.dataset.now) > 0) ahead = Date.now() - Number(main.dataset.now);
  if (document.title !== next.title) document.title = next.title;
  const tails = [...document.querySelectorAll("[data-tail]")].filter(atEnd);
  become(page, main);
  for (const tail of tails) tail.scrollTop = tail.scrollHeight;
  renewAges();
}

function atEnd(element) {
  return element.scrollTop + element.clientHeight >= element.scrollHeight - 24;
}

/** Makes an element like another, leaving what is the same: focus, scrolling and what was opened stay. */
function become(old, wanted) {
  for (const { name } of [...old.attributes])
    if (!wanted.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of [...wanted.attributes])
    if (old.getAttribute(name) !== value && name !== "open") old.setAttribute(name, value);
  const keyed = new Map();
  for (const child of old.children) if (child.dataset?.key) keyed.set(child.dataset.key, child);
  let at = old.firstChild;
  for (const child of [...wanted.childNodes]) {
    const same = child.dataset?.key ? keyed.get(child.dataset.key) : alike(at, child) ? at : null;
    if (same) {
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      if (same.nodeType === 3) {
        if (same.data !== child.data) same.data = child.data;
      } else if (!same.isEqualNode(child)) become(same, child);
    } else old.insertBefore(document.importNode(child, true), at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function alike(node, other) {
  return node && node.nodeType === other.nodeType && node.nodeName === other.nodeName && !node.dataset?.key;
}

/** Several pieces of news at once are one look. */
function soon() {
  if (waiting || document.hidden) return;
  waiting = setTimeout(() => {
    waiting = null;
    void renew();
  }, SOON_MS);
}

function listen() {
  const events = new EventSource("/events");
  events.addEventListener("open", () => {
    clearTimeout(lost);
    lost = null;
    say("live", "live");
    soon();
  });
  events.addEventListener("journal", soon);
  events.addEventListener("beat", soon);
  events.addEventListener("error", () => {
    lost ??= setTimeout(() => say("connection lost, trying again", "lost"), LOST_AFTER_MS);
    if (events.readyState !== EventSource.CLOSED) return;
    events.close();
    setTimeout(listen, AGAIN_MS);
  });
}

/** `j` and `k` go from row to row, as in the dashboard. */
function step(by) {
  const rows = [...document.querySelectorAll(".row > .title")];
  const now = rows.indexOf(document.activeElement);
  const next =
    rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by))];
  next?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
});
document.addEventListener("visibilitychange", soon);
for (const tail of document.querySelectorAll("[data-tail]")) tail.scrollTop = tail.scrollHeight;
say("connecting", "");
listen();
setInterval(renewAges, AGES_MS);
setInterval(() => {
  if (page.dataset.poll) soon();
}, 2000);
