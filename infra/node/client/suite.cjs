"use strict";
// Drives the official client over the API and reports, as one JSON document on standard output, every method that it has, every
// call that was made and in what its answer is not of the declared type. Usage: node suite.cjs <settings as JSON>, which are
// {url, token, stranger, version}: stranger is the token of another team, version that of the client's three.

const settings = JSON.parse(process.argv[2]);
const { version } = settings;

const { calls } = require(`./calls${version}.cjs`);
const { excused, idle } = require("./exceptions.cjs").of(version);
const { operations, packages, roots } = require("./operations.cjs");
const { choices, differences, typeOf } = require("./types.cjs");

const api = require(packages[version]);
const methods = operations(version);
const made = [];

function client(className, token) {
  return new api[className](new api.Configuration({ apiKey: token, basePath: settings.url + roots[version] }));
}

// run calls a method, as "DealsApi.getDeal", and returns what it answers. Another team that sends the same must be told that there
// is no such record; not so with shared, for what all teams have, such as a built-in field. With all, every field that can be
// included is asked for. With refused, it must be refused in these words.
async function run(name, parameters = {}, { shared = false, all = false, refused } = {}) {
  const [className, method] = name.split(".");
  const known = methods.find((m) => m.class === className && m.method === method);
  if (!known) throw new Error(`the client has no method ${name}`);
  const problems = [];
  if (known.operation.includes("{") && !shared) problems.push(...(await foreign(className, method, parameters)));
  const asked = all ? choices(version, className, method, "include_fields") : [];
  if (all) parameters = { ...parameters, include_fields: asked.join(",") };
  let answer;
  try {
    answer = await client(className, settings.token)[method](parameters);
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    if (!refused?.test(refusal.error)) throw new Error(`${name} ${JSON.stringify(parameters)} is refused: ${JSON.stringify(refusal)}`);
    made.push({ ...known, problems });
    return refusal;
  }
  if (refused) problems.push("is not refused");
  for (const d of differences(answer, typeOf(version, className, method))) {
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
    return missing(refusal) ? [] : [`another team is answered ${JSON.stringify(refusal)}`];
  }
  return ["another team is let in"];
}

// missing tells an answer that there is no such record; v1 says so in words alone, and of bytes in bytes.
function missing(refusal) {
  if (refusal instanceof ArrayBuffer || Buffer.isBuffer(refusal)) refusal = JSON.parse(Buffer.from(refusal).toString());
  return version === "v2" ? refusal.code === "ERR_NOT_FOUND" : refusal.success === false && /not found/.test(refusal.error);
}

calls({ run, ...settings })
  .then(
    () => null,
    (e) => e.stack,
  )
  .then((failed) => process.stdout.write(JSON.stringify({ methods, calls: made, idle: idle(), failed })));
