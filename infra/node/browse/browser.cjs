"use strict";
// A headless Chromium and one tab in it, for what is tried from pages.

const { spawn } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

// browser speaks DevTools' protocol over the program's pipes 3 and 4: JSON, each message ended by a NUL.
function browser(program) {
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
    child.removeAllListeners("exit").on("exit", () => { rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); done(); });
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

// typed fills a field in the way that React notices, and leaves it: some fields tell of their text only then.
const typed = (selector, text) => `(() => {
  const field = document.querySelector(${JSON.stringify(selector)});
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, ${JSON.stringify(text)});
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  return field.value;
})()`;

// visit has visitor work in a tab of a browser of its own.
async function visit(program, visitor) {
  const b = browser(program);
  try {
    await visitor(await page(b));
  } catch (e) {
    console.error(e.message);
    process.exitCode = 1;
  } finally {
    await b.close();
  }
}

module.exports = { visit };
