"use strict";
// Drives the official client over the API and reports, as one JSON document on standard output, every method that it has, every
// call that was made and in what its answer is not of the declared type. Usage: node suite.cjs <settings as JSON>, which are
// {url, token, stranger}, the latter the token of another team.

const v2 = require("pipedrive/v2");
const { calls } = require("./calls.cjs");
const { excused, idle } = require("./exceptions.cjs");
const { operations } = require("./operations.cjs");
const { choices, differences, typeOf } = require("./types.cjs");

const settings = JSON.parse(process.argv[2]);
const methods = operations();
const made = [];

function client(className, token) {
  return new v2[className](new v2.Configuration({ apiKey: token, basePath: settings.url + "/api/v2" }));
}

// run calls a method, as "DealsApi.getDeal", and returns what it answers. Another team that sends the same must be told that there
// is no such record; not so with shared, for what all teams have, such as a built-in field. With all, every field that can be
// included is asked for.
async function run(name, parameters = {}, { shared = false, all = false } = {}) {
  const [className, method] = name.split(".");
  const known = methods.find((m) => m.class === className && m.method === method);
  if (!known) throw new Error(`the client has no method ${name}`);
  const problems = [];
  if (known.operation.includes("{") && !shared) problems.push(...(await foreign(className, method, parameters)));
  const asked = all ? choices(className, method, "include_fields") : [];
  if (all) parameters = { ...parameters, include_fields: asked.join(",") };
  let answer;
  try {
    answer = await client(className, settings.token)[method](parameters);
  } catch (refusal) {
    throw refusal instanceof Error ? refusal : new Error(`${name} ${JSON.stringify(parameters)} is refused: ${JSON.stringify(refusal)}`);
  }
  for (const d of differences(answer, typeOf(className, method))) {
    const wanted = d.what === "is not declared" && asked.includes(d.at.split(".").pop());
    if (!wanted && !excused(name, d)) problems.push(`${d.at} ${d.what}`);
  }
  for (const record of [answer.data].flat()) problems.push(...asked.filter((f) => !(f in record)).map((f) => `${f} is missing, though asked for`));
  made.push({ ...known, problems });
  return answer;
}

async function foreign(className, method, parameters) {
  try {
    await client(className, settings.stranger)[method](parameters);
  } catch (refusal) { // the body of the answer, as the client hands it on
    if (refusal instanceof Error) throw refusal;
    return refusal.code === "ERR_NOT_FOUND" ? [] : [`another team is answered ${JSON.stringify(refusal)}`];
  }
  return ["another team is let in"];
}

calls({ run, ...settings })
  .then(
    () => null,
    (e) => e.stack,
  )
  .then((failed) => process.stdout.write(JSON.stringify({ methods, calls: made, idle: idle(), failed })));
