// Package client holds the proof that Pipedrive's own client works: its test starts the system, and suite.cjs drives the official
// npm package over every operation that both have, holding each answer against the types that the package declares. It does so with
// both versions of the API, and with an older package (v28) for what v1 had and lost, which old integrations still call. What an
// answer may differ in is listed in exceptionsv1.cjs, exceptionsv2.cjs and exceptionsv28.cjs.
package client
