"use strict";
// Opens the pages that links in mail lead to, in headless Chromium, and presses their buttons: a user confirms another mailbox, is asked
// which deal a mail is about, chooses one, and stops such questions. The mails are those that a running system has sent. Usage: node
// pages.cjs [ready.json [chromium]]. It waits for the clock, so it takes some minutes, and is no part of make test.

const { existsSync, readFileSync, readdirSync } = require("node:fs");
const net = require("node:net");
const { dirname, join } = require("node:path");
const { visit } = require("./browser.cjs");

const [ready = ".local/ready.json", program = "chromium"] = process.argv.slice(2);
const { url, token, smtp, user_email: user, inbound_address: inbound } = JSON.parse(readFileSync(ready, "utf8"));
const sent = join(dirname(ready), "sent");
const mark = Date.now().toString(36);

async function api(method, path, body) {
  const answer = await fetch(url + path, {
    method, headers: { "x-api-token": token, "content-type": "application/json" }, body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text).data;
}

// post hands a mail to the listener.
const post = (from, to, raw) =>
  new Promise((resolve, reject) => {
    const lines = ["EHLO localhost", `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA", raw.replace(/\n/g, "\r\n") + "\r\n.", "QUIT"];
    const socket = net.connect(Number(smtp.split(":").pop()), smtp.slice(0, smtp.lastIndexOf(":")));
    let heard = "";
    socket.on("error", reject).on("end", resolve).on("data", (bytes) => {
      heard += bytes;
      if (!/^\d{3} .*\r\n$/m.test(heard)) return; // the answer goes on
      if (!/^[23]/.test(heard)) return reject(new Error(heard));
      heard = "";
      const line = lines.shift();
      line ? socket.write(line + "\r\n") : resolve();
    });
  });

// mailed waits for a mail that was sent with such words in it, and tells its links.
async function mailed(...words) {
  for (const end = Date.now() + 240_000; Date.now() < end; await new Promise((go) => setTimeout(go, 500))) {
    for (const file of existsSync(sent) ? readdirSync(sent).filter((name) => name.endsWith(".eml")) : []) {
      const text = readFileSync(join(sent, file), "utf8").replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
      if (words.every((w) => text.includes(w))) return text.match(/^ *(Stop these mails: )?https?:\/\/\S+$/gm).map((line) => line.replace(/^.*(?=http)/, ""));
    }
  }
  throw new Error(`no mail with ${words.join(", ")}`);
}

// press opens a page, reads what it asks, presses its one button, and reads what it says then.
async function press({ run, until, open }, address, asks, says) {
  const text = "document.body && document.body.innerText || ''";
  await open(address);
  await until(`(${text}).includes(${JSON.stringify(asks)}) && document.querySelectorAll("button").length === 1`, `the page asks ${asks}`);
  const asked = await run(text);
  await run(`document.querySelector("button").click()`);
  await until(`(${text}).includes(${JSON.stringify(says)}) && !document.querySelector("button")`, `the page says ${says}`);
  console.log(`${asked.replace(/\s+/g, " ")}\n  → ${(await run(text)).replace(/\s+/g, " ")}`);
}

// gone opens a page whose link has done its work.
async function gone({ until, open }, address) {
  await open(address);
  await until(`document.body && document.body.innerText.includes("not valid, or not any more") && !document.querySelector("button")`, "the link does nothing any more");
}

async function confirmMailbox(tab) {
  const email = `ada.${mark}@home.example`;
  await api("POST", "/api/v2/userAddresses", { email });
  const [link] = await mailed(email, "userAddresses/confirm");
  const state = async () => (await api("GET", "/api/v2/userAddresses")).find((a) => a.email === email).state;
  await press(tab, link, email, "counts as written by");
  if ((await state()) !== "confirmed") throw new Error("the mailbox is not confirmed");
  await gone(tab, link);
}

async function chooseDeal(tab) {
  const contact = `zed.${mark}@boats.example`;
  const person = await api("POST", "/api/v2/persons", { name: `Zed ${mark}`, emails: [{ value: contact, primary: true }] });
  const deals = [];
  for (const title of ["Boats <b>", "Sails & masts"]) deals.push(await api("POST", "/api/v2/deals", { title: `${title} ${mark}`, person_id: person.id }));
  await api("PUT", "/api/v2/userSettings", { mail_questions: true });
  await post(user, inbound, `From: <${user}>\nTo: <${contact}>\nMessage-ID: <${mark}@acme.example>\nSubject: Offer ${mark}\n\nHello\n`);
  const [first, , none, stop] = await mailed(`Offer ${mark}`, "mailThreads/choose");
  const thread = async () => (await api("GET", "/v1/mailbox/mailThreads?folder=sent")).find((t) => t.subject === `Offer ${mark}`);
  await tab.open(first);
  await tab.until(`document.querySelector("button")`);
  if ((await thread()).deal_id !== null) throw new Error("opening the page decided");
  await press(tab, first, `about the deal Sails & masts ${mark}?`, "belongs to the deal");
  if ((await thread()).deal_id !== deals[1].id) throw new Error("the thread does not belong to the deal");
  for (const link of [first, none]) await gone(tab, link);
  await press(tab, stop, "will not be asked by mail", "is not asked by mail any more");
  if ((await api("GET", "/api/v2/userSettings")).mail_questions) throw new Error("questions are not stopped");
  await gone(tab, stop);
  await api("PUT", "/api/v2/userSettings", { mail_questions: true });
}

visit(program, async (tab) => {
  await confirmMailbox(tab);
  await chooseDeal(tab);
});
