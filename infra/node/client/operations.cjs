"use strict";
// Which operation each method of the official client calls. The client does not tell; its code does: each method of an API
// class builds its request in a function of the same name, from a path and an HTTP method that stand there as literals.

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const roots = { v1: "/v1", v2: "/api/v2" };

// operations are {class, method, operation} of all methods of a version, such as {DealsApi, getDeal, "GET /api/v2/deals/{id}"}.
function operations(version) {
  const folder = path.join(path.dirname(require.resolve(`pipedrive/${version}`)), "api");
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

module.exports = { operations, roots };
