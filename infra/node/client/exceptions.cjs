"use strict";
// Finds what may differ among the exceptions of a version: {in, may, at} lists places in the answers of some methods, by name or by
// pattern, and what may be so there. An exception that nothing needs any more fails the suite.

function of(version) {
  const exceptions = require(`./exceptions${version}.cjs`);
  const used = new Set();
  const key = (e, at) => `${e.in} ${e.may} ${at}`;

  // excused tells whether a difference is one of these.
  function excused(method, { at, what }) {
    const place = at.replace(/\[\d+\]/g, "[]").replace(/^data(\[\])?\./, "");
    return exceptions.some((e) => {
      if (!e.in.test(method) || !what.startsWith(e.may)) return false;
      const named = e.at.find((a) => (a instanceof RegExp ? a.test(place) : a === place));
      if (named) used.add(key(e, named));
      return named;
    });
  }

  // idle are the exceptions that nothing needed.
  const idle = () => exceptions.flatMap((e) => e.at.map((at) => key(e, at))).filter((k) => !used.has(k));

  return { excused, idle };
}

module.exports = { of };
