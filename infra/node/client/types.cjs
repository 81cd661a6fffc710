"use strict";
// Holds an answer against the type that the official client declares for the method that fetched it, by walking the type with
// TypeScript's own checker.

const path = require("node:path");
const ts = require("typescript");

const { packages } = require("./operations.cjs");

const versions = Object.fromEntries(Object.entries(packages).map(([v, name]) => [v, require.resolve(name).replace(/\.js$/, ".d.ts")]));
const program = ts.createProgram(Object.values(versions), { strict: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.CommonJS });
const checker = program.getTypeChecker();

function signatureOf(version, className, method) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(versions[version]));
  const api = checker.getExportsOfModule(module).find((s) => s.name === className);
  const symbol = checker.getDeclaredTypeOfSymbol(api).getProperty(method);
  return checker.getTypeOfSymbol(symbol).getCallSignatures()[0];
}

// typeOf is what a method's promise holds.
const typeOf = (version, className, method) => checker.getTypeArguments(signatureOf(version, className, method).getReturnType())[0];

// choices are the values that a parameter of a method is declared to take.
function choices(version, className, method, parameter) {
  const parameters = checker.getNonNullableType(checker.getTypeOfSymbol(signatureOf(version, className, method).getParameters()[0]));
  const type = checker.getTypeOfSymbol(parameters.getProperty(parameter));
  return (type.isUnion() ? type.types : [type]).filter((t) => t.isStringLiteral()).map((t) => t.value);
}

// differences are the places in which a value is not of the type: [{at, what}]. Beyond what TypeScript asks, a key that the type
// does not declare is one, and so is a declared key that is missing, optional or not: an answer of v2 carries every key.
function differences(value, type, at = "") {
  const found = [];
  const wrong = (what) => found.push({ at: at || "the answer", what });
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return found;
  if (type.isUnion()) return union(value, type, at);
  if (value === null) {
    if (!(type.flags & ts.TypeFlags.Null)) wrong(`is null, declared is ${checker.typeToString(type)}`);
  } else if (type.isLiteral()) {
    if (value !== type.value) wrong(`is ${JSON.stringify(value)}, declared is ${checker.typeToString(type)}`);
  } else if (type.flags & ts.TypeFlags.BooleanLiteral) {
    if (String(value) !== checker.typeToString(type) || typeof value !== "boolean") wrong(`is ${JSON.stringify(value)}, declared is ${checker.typeToString(type)}`);
  } else if (type.flags & (ts.TypeFlags.String | ts.TypeFlags.Number | ts.TypeFlags.Boolean)) {
    if (typeof value !== checker.typeToString(type)) wrong(`is ${JSON.stringify(value)}, declared is ${checker.typeToString(type)}`);
  } else if (checker.isArrayType(type)) {
    if (!Array.isArray(value)) wrong(`is no list, declared is ${checker.typeToString(type)}`);
    else value.forEach((v, i) => found.push(...differences(v, checker.getTypeArguments(type)[0], `${at}[${i}]`)));
  } else if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive)) {
    if (typeof value !== "object" || Array.isArray(value)) wrong(`is no object, declared is ${checker.typeToString(type)}`);
    else found.push(...members(value, type, at));
  } else {
    wrong(`is declared ${checker.typeToString(type)}, which is not understood here`);
  }
  return found;
}

// union takes the member that fits best.
function union(value, type, at) {
  if (value !== null && type.types.every((t) => t.isLiteral() || t.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.BooleanLiteral))) {
    const fits = type.types.some((t) => differences(value, t, at).length === 0);
    return fits ? [] : [{ at, what: `is ${JSON.stringify(value)}, declared is ${checker.typeToString(type)}` }];
  }
  const never = ts.TypeFlags.Undefined | (value === null ? 0 : ts.TypeFlags.Null);
  const tried = type.types.filter((t) => !(t.flags & never)).map((t) => differences(value, t, at));
  return tried.sort((a, b) => a.length - b.length)[0] || [];
}

function members(value, type, at) {
  const found = [];
  const inside = (name) => (at ? `${at}.${name}` : name);
  const declared = checker.getPropertiesOfType(type);
  if (declared.length === 1 && /^[A-Z_]+_ID$/.test(declared[0].name)) { // v1 describes what is listed by id, or by currency, as one such key
    return Object.keys(value).flatMap((name) => differences(value[name], checker.getTypeOfSymbol(declared[0]), inside(name)));
  }
  const others = checker.getIndexInfosOfType(type)[0];
  for (const symbol of declared) {
    if (value[symbol.name] === undefined) found.push({ at: inside(symbol.name), what: "is missing" });
    else found.push(...differences(value[symbol.name], checker.getTypeOfSymbol(symbol), inside(symbol.name)));
  }
  for (const name of Object.keys(value).filter((n) => !declared.some((s) => s.name === n))) {
    if (others) found.push(...differences(value[name], others.type, inside(name)));
    else if (declared.length > 0) found.push({ at: inside(name), what: "is not declared" });
  }
  return found;
}

module.exports = { typeOf, choices, differences };
