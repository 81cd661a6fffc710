"use strict";
// Which operation each method of the official client calls. The client does not tell; its code does: each method of an API
// class builds its request in a function of the same name, from a path and an HTTP method that stand there as literals.

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

// packages and roots are where each version of the client is, and what it asks. v28 is v1 as it was before it lost most of what it had.
const packages = { v1: "pipedrive/v1", v2: "pipedrive/v2", v28: "pipedrive28/v1" };
const roots = { v1: "/v1", v2: "/api/v2", v28: "/v1" };

// operations are {class, method, operation} of all methods of a version, such as {DealsApi, getDeal, "GET /api/v2/deals/{id}"}; of v28
// those that v1 has no more.
function operations(version) {
  if (version !== "v28") return all(version);
  const kept = new Set(all("v1").map((m) => m.operation.replace(/\{[^}]*\}/g, "{}")));
  return all(version).filter((m) => !kept.has(m.operation.replace(/\{[^}]*\}/g, "{}")));
}

function all(version) {
  const folder = path.join(path.dirname(require.resolve(packages[version])), "api");
  return fs.readdirSync(folder).filter((f) => f.endsWith("-api.js")).flatMap((f) => {
    const source = ts.createSourceFile(f, fs.readFileSync(path.join(folder, f), "utf8"), ts.ScriptTarget.ES2020);
    return source.statements.flatMap((s) => (ts.isVariableStatement(s) ? s.declarationList.declarations : [])).flatMap((d) => {
      const [, name] = /^(\w+Api)AxiosParamCreator$/.exec(d.name.text) || [];
      return name ? methodsIn(name, d.initializer, roots[version]) : [];
    });
  });
}

function methodsIn(name, creator, root) {
  const found = [];
  each(creator, (node) => {
    if (!ts.isPropertyAssignment(node) || !ts.isArrowFunction(node.initializer)) return;
    let route, verb;
    each(node.initializer, (inner) => {
      if (ts.isVariableDeclaration(inner) && inner.name.text === "localVarPath") each(inner, (t) => (route ||= ts.isNoSubstitutionTemplateLiteral(t) && t.text));
      if (ts.isPropertyAssignment(inner) && inner.name.text === "method") verb ||= inner.initializer.text;
    });
    if (route && verb) found.push({ class: name, method: node.name.text, operation: `${verb} ${root}${route}` });
  });
  return found;
}

function each(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}

module.exports = { operations, packages, roots };
