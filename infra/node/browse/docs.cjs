"use strict";
// Opens /docs of a running system in headless Chromium, as somebody does who tries the API: authorizes with a token, executes
// operations from the page, and holds what the page shows then. Usage: node docs.cjs [ready.json [chromium]]. It is no part of
// make test, since it takes a browser.

const { spawn } = require("node:child_process");
const { mkdtempSync, readFileSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const [ready = ".local/ready.json", program = "chromium"] = process.argv.slice(2);
const { url, token } = JSON.parse(readFileSync(ready, "utf8"));

// browser speaks DevTools' protocol over the program's pipes 3 and 4: JSON, each message ended by a NUL.
function browser() {
  const profile = mkdtempSync(join(tmpdir(), "lejek-browser-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"];
  const child = spawn(program, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const waiting = new Map();
  const fail = (e) => { for (const { reject } of waiting.values()) reject(e); };
  child.on("error", fail);
  child.on("exit", (code) => fail(new Error(`${program} ended with ${code}`)));
  let rest = "", last = 0;
  child.stdio[4].on("data", (bytes) => {
    const messages = (rest + bytes).split("\0");
    rest = messages.pop();
    for (const m of messages.map((text) => JSON.parse(text))) {
      const { resolve, reject } = waiting.get(m.id) || {};
      if (resolve) m.error ? reject(new Error(m.error.message)) : resolve(m.result);
      waiting.delete(m.id);
    }
  });
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      child.stdio[3].write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
    });
  const close = () => new Promise((done) => {
    child.removeAllListeners("exit").on("exit", () => { rmSync(profile, { recursive: true, force: true }); done(); });
    child.kill();
  });
  return { send, close };
}

// page is the one tab: run evaluates an expression in it, until waits for one to become true.
async function page({ send }) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const run = async (expression) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true }, sessionId);
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
    return result.value;
  };
  const until = async (expression, what = expression) => {
    for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((go) => setTimeout(go, 100))) {
      if (await run(`!!(${expression})`)) return;
    }
    throw new Error(`not within half a minute: ${what}`);
  };
  const fill = async (selector, text) => {
    await until(`document.querySelector(${JSON.stringify(selector)})`);
    await run(typed(selector, text));
  };
  const open = (address) => send("Page.navigate", { url: address }, sessionId);
  return { run, until, fill, open };
}

// typed fills a field in the way that React notices.
const typed = (selector, text) => `(() => {
  const field = document.querySelector(${JSON.stringify(selector)});
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, ${JSON.stringify(text)});
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field.value;
})()`;

async function authorize({ run, until, fill, open }) {
  await open(url + "/docs");
  await until(`document.querySelectorAll(".opblock-tag").length`, "the page lists operations");
  await run(`document.querySelector(".auth-wrapper .authorize").click()`);
  await fill(".auth-container input", token);
  await run(`document.querySelector(".auth-container .authorize").click()`);
  await until(`document.querySelector(".auth-container .btn-done")`);
  await run(`[...document.querySelectorAll(".auth-container .btn-done")].at(-1).click()`);
}

// attempt executes an operation from the page and returns the status and the body that it shows.
async function attempt({ run, until, fill }, operation, { parameters = {}, body } = {}) {
  const [method, path] = operation.split(" ");
  const block = `[...document.querySelectorAll(".opblock-${method.toLowerCase()}")].find((b) => b.querySelector(".opblock-summary-path").dataset.path === ${JSON.stringify(path)})`;
  for (const tag of await run(`[...document.querySelectorAll(".opblock-tag")].map((t) => t.id)`)) {
    if (await run(`!!(${block})`)) break;
    await run(`document.getElementById(${JSON.stringify(tag)}).click()`);
    await new Promise((go) => setTimeout(go, 200));
  }
  await until(`!!(${block})`, `the page shows ${operation}`);
  await run(`(${block}).setAttribute("data-tried", "")`);
  await run(`document.querySelector("[data-tried] .opblock-summary-control").click()`);
  await until(`document.querySelector("[data-tried] .execute")`, `${operation} can be executed`);
  for (const [name, text] of Object.entries(parameters)) await fill(`[data-tried] tr[data-param-name="${name}"] input`, text);
  if (body) await fill("[data-tried] textarea", JSON.stringify(body));
  await run(`document.querySelector("[data-tried] .execute").click()`);
  await until(`document.querySelector("[data-tried] .live-responses-table .response-col_status")`, `${operation} is answered`);
  const shown = await run(`({
    status: parseInt(document.querySelector("[data-tried] .live-responses-table tbody .response-col_status").innerText),
    body: document.querySelector("[data-tried] .live-responses-table .response-col_description pre").innerText,
  })`);
  await run(`document.querySelector("[data-tried]").removeAttribute("data-tried")`);
  return { status: shown.status, body: JSON.parse(shown.body) };
}

async function main() {
  const b = browser();
  try {
    const tab = await page(b);
    await authorize(tab);
    for (const [operation, given, right] of [
      ["GET /v1/users/me", {}, ({ data }) => data.is_you],
      ["POST /api/v2/organizations", { body: { name: "Tried from the page" } }, ({ data }) => data.name === "Tried from the page"],
      ["GET /api/v2/deals", { parameters: { limit: "2" } }, ({ data }) => data.length === 2],
      ["GET /v1/recents", { parameters: { since_timestamp: "2026-01-01 00:00:00" } }, ({ data }) => data.length > 0],
    ]) {
      const { status, body } = await attempt(tab, operation, given);
      console.log(operation, status, `${JSON.stringify(body).slice(0, 120)}…`);
      if (status !== 200 || !body.success || !right(body)) throw new Error(`${operation} is not answered as it should be`);
    }
  } finally {
    await b.close();
  }
}

main().catch((e) => {
  console.error(e.message);
  process.exitCode = 1;
});
