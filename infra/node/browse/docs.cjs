"use strict";
// Opens /docs of a running system in headless Chromium, as somebody does who tries the API: authorizes with a token, executes
// operations from the page, and holds what the page shows then. Usage: node docs.cjs [ready.json [chromium]]. It is no part of
// make test, since it takes a browser.

const { readFileSync } = require("node:fs");
const { visit } = require("./browser.cjs");

const [ready = ".local/ready.json", program = "chromium"] = process.argv.slice(2);
const { url, token } = JSON.parse(readFileSync(ready, "utf8"));

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

visit(program, async (tab) => {
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
});
