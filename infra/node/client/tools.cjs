"use strict";
// What the calls of both versions need besides the client.

// ask calls what the suite does not prove but needs.
async function ask({ url, token }, method, path, body) {
  const answer = await fetch(url + path, {
    method, headers: { "x-api-token": token, "content-type": "application/json" }, body: body && JSON.stringify(body),
  });
  const read = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(read)}`);
  return read;
}

// square is a GIF of 128 × 128 pixels, all of the first of two colours: one clear code and one pixel at a time, so that codes
// keep their three bits.
function square() {
  const bits = [];
  const code = (n) => bits.push(n & 1, (n >> 1) & 1, (n >> 2) & 1);
  for (let i = 0; i < 128 * 128; i++) [4, 0].forEach(code);
  code(5);
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  bits.forEach((b, i) => (bytes[i >> 3] |= b << (i & 7)));
  const blocks = [];
  for (let i = 0; i < bytes.length; i += 255) blocks.push(Buffer.from([Math.min(255, bytes.length - i)]), bytes.subarray(i, i + 255));
  const head = "47494638396180008000800000" + "3060a0ffffff" + "2c00000000800080000002";
  return Buffer.concat([Buffer.from(head, "hex"), ...blocks, Buffer.from([0, 0x3b])]);
}

// until waits for what the stream brings.
async function until(done) {
  const end = Date.now() + 10_000;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`not within ten seconds: ${done}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

module.exports = { ask, square, until };
